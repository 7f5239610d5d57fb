package import Configuration
package import Platform

/// Keeps requests from a backend that has failed too often, or has asked for a pause.
///
/// Closed → open for a while → one probe → closed again after its success, or open again. It stays the same object over
/// a reload of the configuration, which would otherwise ask a dead backend again.
package final class Breaker {
  /// The permission for one attempt, to be settled once.
  package struct Permit {
    fileprivate let isProbe: Bool
    /// How many failures had been counted when the attempt began.
    fileprivate let countedFailures: UInt64
  }

  /// What an attempt shows of the backend.
  package enum Result {
    /// It works.
    case works
    /// It failed, and may have said how long it wants no more requests.
    case failed(retryAfter: TimeSpan?, Weight)
    /// Nothing, because the attempt was given up or not sent.
    case unknown
  }

  /// How much a failure counts.
  package enum Weight {
    /// As one failure.
    case counts
    /// As one failure together with what was under way when it happened: a backend that restarts breaks all of its
    /// connections at once.
    case countsAsOneOutage
    /// Not again, because its message has counted already. A probe has failed all the same.
    case countedBefore
    /// As enough to open.
    case opens
  }

  private enum State {
    /// Asked as usual. The number of failures since the last success.
    case closed(failures: Int)
    /// Not asked before this time; the first attempt after it is the probe.
    case open(until: Instant)
    /// The probe is under way.
    case probing
  }

  /// The longest pause that a backend's Retry-After can cause. One probe an hour costs nothing, and shows when a limit
  /// was lifted early.
  private static let longestRetryAfter = TimeSpan.seconds(3600)

  /// When it opens, and for how long; `nil` for never.
  package var policy: BreakerPolicy?
  private var state = State.closed(failures: 0)
  /// How many failures have counted so far, in a row or not.
  private var countedFailures: UInt64 = 0
  /// Whether it is open because the backend asked for a pause, or has no credit left: that a probe succeeds says nothing
  /// about this.
  private var isPause = false

  package init(_ policy: BreakerPolicy?) {
    self.policy = policy
  }

  /// Whether an attempt would be allowed.
  package func allows(at now: Instant) -> Bool {
    switch state {
    case .closed: true
    case .open(let until): until <= now
    case .probing: false
    }
  }

  /// Whether a probe is under way, whose result will be known soon.
  package var isProbing: Bool { condition == .probing }

  /// Whether the backend is asked as usual.
  package var isClosed: Bool { condition == .closed }

  /// What the breaker does, without times and counts.
  package enum Condition {
    /// Lets requests through.
    case closed
    /// Lets none through, until its pause is over.
    case open
    /// Waits for the result of one request.
    case probing
  }

  /// What the breaker does at the moment.
  package var condition: Condition {
    switch state {
    case .closed: .closed
    case .open: .open
    case .probing: .probing
    }
  }

  /// The condition's name: `closed`, `open` or `probing`.
  package var stateName: StaticString {
    switch condition {
    case .closed: "closed"
    case .open: "open"
    case .probing: "probing"
    }
  }

  /// The time until an attempt is allowed, as far as is known: 0 while a probe is under way.
  package func wait(at now: Instant) -> TimeSpan {
    if case .open(let until) = state {
      max(until - now, .milliseconds(0))
    } else {
      .milliseconds(0)
    }
  }

  /// The permission for an attempt; `nil` where none is allowed.
  package func admit(at now: Instant) -> Permit? {
    guard allows(at: now) else { return nil }
    guard case .open = state else {
      return Permit(isProbe: false, countedFailures: countedFailures)
    }
    state = .probing
    return Permit(isProbe: true, countedFailures: countedFailures)
  }

  /// Closes because a probe of the backend's health has succeeded, unless the backend has asked for a pause.
  package func close() {
    if !isClosed, !isPause { state = .closed(failures: 0) }
  }

  /// Takes the result of an attempt, once for each permit.
  package func settle(_ permit: Permit, _ result: Result, at now: Instant) {
    switch result {
    case .works:
      state = .closed(failures: 0)
    case .failed(let retryAfter, let weight):
      fail(permit, retryAfter: retryAfter ?? .milliseconds(0), weight, at: now)
    case .unknown:
      if permit.isProbe, isProbing { state = .open(until: now) }
    }
  }

  private func fail(
    _ permit: Permit, retryAfter: TimeSpan, _ weight: Weight, at now: Instant
  ) {
    guard let policy else {
      state = .closed(failures: 0)
      return
    }
    if retryAfter > .milliseconds(0) {
      open(until: now + min(retryAfter, Breaker.longestRetryAfter))
      isPause = true
    } else if permit.isProbe || weight == .opens {
      open(until: now + .milliseconds(policy.openMilliseconds))
      isPause = weight == .opens
    } else if case .closed(let failures) = state, isNews(weight, permit) {
      // An attempt that fails while it is open began before: it shows nothing new.
      countedFailures += 1
      if failures + 1 < policy.failures {
        state = .closed(failures: failures + 1)
      } else {
        open(until: now + .milliseconds(policy.openMilliseconds))
        isPause = false
      }
    }
  }

  /// Whether a failure counts beside those before it.
  private func isNews(_ weight: Weight, _ permit: Permit) -> Bool {
    switch weight {
    case .counts, .opens: true
    case .countsAsOneOutage: permit.countedFailures == countedFailures
    case .countedBefore: false
    }
  }

  /// Opens until the later of two times.
  private func open(until end: Instant) {
    if case .open(let other) = state, other > end { return }
    state = .open(until: end)
  }
}
