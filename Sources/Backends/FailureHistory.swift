package import Bytes
package import Platform

/// The failures of an integration, and what the log was told of them.
///
/// It stays the same object over a reload, so that the log tells when a corrected integration works again.
package final class FailureHistory {
  /// What failed last.
  package struct Failure {
    /// How the attempt or the probe ended.
    package let outcome: Outcome
    /// The status code of the backend's answer; `nil` where none came.
    package let status: Int?
    /// What happened and what to do about it.
    package let message: Text
    /// Whether a probe that succeeds shows that it has passed.
    package let isPassing: Bool

    /// A failure from its parts.
    package init(_ outcome: Outcome, status: Int?, message: Text, isPassing: Bool) {
      self.outcome = outcome
      self.status = status
      self.message = message
      self.isPassing = isPassing
    }
  }

  /// A time of failures that is over, and was told.
  package struct Trouble: Equatable {
    /// How long it lasted.
    package let length: TimeSpan
    /// How many attempts and probes failed.
    package let failures: Int
  }

  /// The last failure; `nil` while it works.
  package private(set) var last: Failure?
  /// The last attempt that failed at the backend, and when. It stays when the integration works again.
  package private(set) var lastAttempt: (report: AttemptReport, time: WallTime)?
  /// How many attempts have failed at the backend since one brought a reply.
  package private(set) var attemptsInARow = 0
  private var start = Instant(nanoseconds: 0)
  private var count = 0
  private var isTold = false
  /// From when on another time of failures is told.
  private var nextTelling: Instant?
  private var nextFallback: Instant?
  private var untoldFallbacks = 0

  /// An integration that changes between both states all the time is told of this often, as are replies of fallbacks.
  private static let interval = TimeSpan.seconds(60)

  /// No failures.
  package init() {}

  /// Notes the result of an attempt.
  package func note(_ report: AttemptReport) {
    if report.outcome == .ok {
      attemptsInARow = 0
    } else if report.outcome != .breakerOpen {
      lastAttempt = (report, .now)
      attemptsInARow += 1
    }
  }

  /// Notes a failure. Returns whether the log has to tell it: once, and at most once a minute if it comes and goes.
  package func note(_ failure: Failure, at now: Instant) -> Bool {
    if last == nil { (start, count) = (now, 0) }
    last = failure
    count += 1
    guard !isTold, nextTelling.map({ $0 <= now }) != false else { return false }
    isTold = true
    nextTelling = now + FailureHistory.interval
    return true
  }

  /// Notes that the integration works. Returns the failures before, if they were told.
  package func noteSuccess(at now: Instant) -> Trouble? {
    guard last != nil else { return nil }
    last = nil
    guard isTold else { return nil }
    isTold = false
    return Trouble(length: now - start, failures: count)
  }

  /// Notes that a fallback replied in place of the integration. Returns how often this was since the last time that the
  /// log told it, where it is to be told again: at most once a minute.
  package func noteFallback(at now: Instant) -> Int? {
    untoldFallbacks += 1
    guard nextFallback.map({ $0 <= now }) != false else { return nil }
    nextFallback = now + FailureHistory.interval
    defer { untoldFallbacks = 0 }
    return untoldFallbacks
  }
}
