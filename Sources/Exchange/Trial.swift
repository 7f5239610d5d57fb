import Backends
import Bytes
import Configuration
import Platform

/// The attempts of an exchange at one integration: the first and its retries.
///
/// A class, because every step of an attempt looks at it.
final class Trial {
  let integration: Integration
  /// The request's number in the queue of the backend.
  let number: UInt64
  /// The breaker's permission for the current attempt; `nil` between attempts.
  private var permit: Breaker.Permit?
  /// Whether the current attempt has a place in the queue.
  var holdsPlace = false
  /// When the trial ends, whatever its attempt does.
  let end: Instant
  /// The most turns of the conversation to send, after the backend has refused more; `nil` for the whole window.
  private(set) var turns: Int?
  /// How many retries it has had.
  private var retries = 0
  /// Whether the one retry after a broken reply was made.
  private var hasRepeatedOnce = false
  /// Whether the breaker has counted a failure of this message.
  private var hasCounted = false
  /// The hints that are sent.
  private(set) var hints: SentHints
  /// Whether there was an attempt.
  private(set) var wasAsked = false
  /// Whether the backend has said that it is loading its model.
  private(set) var wasLoading = false
  /// The time that attempts may still take while another integration could be asked; `nil` without such a limit.
  private var timeLeft: TimeSpan?

  /// A trial of an integration, from now on.
  ///
  /// It ends early enough before the deadline to leave time for the integrations after it: for each its timeout, or an
  /// even part of what is left of the deadline if that is less. While there are others, its attempts together take no
  /// longer than one timeout.
  init(
    of integration: Integration, until deadline: Instant,
    leavingTimeFor next: ArraySlice<Integration>, at now: Instant
  ) {
    self.integration = integration
    number = integration.health.queue.arrive()
    hints = integration.hints
    let others = next.filter { $0.breaker.allows(at: now) }
    let left = deadline - now
    let part = TimeSpan(nanoseconds: left.nanoseconds / Int64(others.count + 1))
    timeLeft = others.isEmpty ? nil : integration.timeout
    end = others.reduce(deadline) { end, other in end - min(part, other.timeout) }
  }

  /// Leaves out the older half of the turns that were sent, because the model does not take them all. Returns `false`
  /// if only the new message was sent.
  func leaveOutOldest(of sent: Int) -> Bool {
    guard sent > 0 else { return false }
    turns = sent / 2
    return true
  }

  /// Begins an attempt.
  func begin(_ permit: Breaker.Permit) {
    self.permit = permit
    wasAsked = true
  }

  /// The longest time that an attempt may take that begins now.
  func limit(at now: Instant) -> TimeSpan {
    min(end - now, timeLeft ?? integration.timeout)
  }

  /// Settles the permit of an attempt. A message counts at most once, however often it is tried.
  func settle(_ report: AttemptReport, at now: Instant) {
    var result = report.breakerResult
    if case .failed(let retryAfter, let weight) = result, weight != .opens {
      if hasCounted { result = .failed(retryAfter: retryAfter, .countedBefore) }
      hasCounted = true
    }
    if report.outcome == .ok { integration.hints.leaveOut(with: hints) }
    if report.failure == .loading { wasLoading = true }
    if let left = timeLeft, report.failure != .loading {
      timeLeft = max(left - .milliseconds(report.milliseconds), .milliseconds(0))
    }
    if let permit { integration.breaker.settle(permit, result, at: now) }
    permit = nil
  }

  /// Leaves a hint out from now on, if the backend has refused it. Returns whether this is a change.
  func leavesHintOut(after report: AttemptReport) -> Bool {
    guard let hint = report.refusedHint else { return false }
    return hints.leaveOut(hint)
  }

  /// Settles the permit of an attempt that has shown nothing.
  func giveUp(at now: Instant) {
    if let permit { integration.breaker.settle(permit, .unknown, at: now) }
    permit = nil
  }

  /// The shortest pause before another look at a probe.
  private static let shortestLook = TimeSpan.milliseconds(10)

  /// When to look again whether another exchange's probe has closed the breaker; `nil` where the trial would be over.
  ///
  /// This is not a retry, because the backend is not asked. The pauses are as random as those before retries, so that
  /// exchanges that wait for one probe do not all come back together.
  func nextLook(at now: Instant, using random: RandomSource) -> Instant? {
    let pause = Backoff.pause(
      beforeRetry: retries, base: .milliseconds(integration.settings.backoffMilliseconds),
      using: random)
    let due = now + max(pause, Trial.shortestLook)
    return due < end ? due : nil
  }

  /// When the integration is asked again after a failure; `nil` for not again: it has no retries left, the trial
  /// would be over, or the backend wants a longer pause than `retry_after_max`.
  func nextRetry(
    _ repetition: Remedy.Repetition, after retryAfter: TimeSpan?, at now: Instant,
    using random: RandomSource
  ) -> Instant? {
    let settings = integration.settings
    guard repetition != .never, retries < settings.retries else { return nil }
    if let timeLeft, timeLeft <= .milliseconds(0) { return nil }
    if repetition == .once, hasRepeatedOnce { return nil }
    if let retryAfter, retryAfter > .milliseconds(settings.retryAfterMaxMilliseconds) { return nil }
    let pause =
      retryAfter
      ?? Backoff.pause(
        beforeRetry: retries, base: .milliseconds(settings.backoffMilliseconds), using: random)
    let due = now + pause
    // Another exchange's probe may close the breaker until then.
    let breaker = integration.breaker
    guard due < end, breaker.allows(at: due) || breaker.isProbing else { return nil }
    retries += 1
    if repetition == .once { hasRepeatedOnce = true }
    return due
  }
}
