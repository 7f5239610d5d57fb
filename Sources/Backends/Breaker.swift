package import Configuration
package import Platform

/// Leaves a backend alone that has failed too often, or has asked for it: closed → open for a while → one probe →
/// closed again by its success, or open again.
///
/// It outlives a reload of the configuration, so that a dead backend is not asked anew because of it.
package final class Breaker {
  /// Allows one attempt, which must be settled.
  package struct Permit {
    fileprivate let isProbe: Bool
  }

  /// What an attempt says about the backend.
  package enum Result {
    /// It works.
    case works
    /// It failed, and may have said how long to leave it alone.
    case failed(retryAfter: TimeSpan?)
    /// Nothing: the attempt was given up.
    case unknown
  }

  private enum State {
    /// Asked as usual, after so many failures in a row.
    case closed(failures: Int)
    /// Not asked before this moment; the first attempt after it is the probe.
    case open(until: Instant)
    /// The probe has not come back.
    case probing
  }

  /// The longest that a backend's own Retry-After keeps it from being asked: a probe an hour costs nothing, and
  /// finds out when a limit was lifted early.
  private static let longestRetryAfter = TimeSpan.seconds(3600)

  /// When to open, and for how long; `nil` for never.
  package var policy: BreakerPolicy?
  private var state = State.closed(failures: 0)

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

  /// Whether the probe is under way, so that more will be known soon.
  package var isProbing: Bool { if case .probing = state { true } else { false } }

  /// Whether it is asked as usual.
  package var isClosed: Bool { if case .closed = state { true } else { false } }

  /// In a word: `closed`, `open` or `probing`.
  package var stateName: StaticString {
    switch state {
    case .closed: "closed"
    case .open: "open"
    case .probing: "probing"
    }
  }

  /// How long until an attempt is allowed, as far as is known: 0 while the probe is under way.
  package func wait(at now: Instant) -> TimeSpan {
    if case .open(let until) = state {
      max(until - now, .milliseconds(0))
    } else {
      .milliseconds(0)
    }
  }

  /// Allows an attempt, or not.
  package func admit(at now: Instant) -> Permit? {
    guard allows(at: now) else { return nil }
    guard case .open = state else { return Permit(isProbe: false) }
    state = .probing
    return Permit(isProbe: true)
  }

  /// Takes an attempt's result, once for each permit.
  package func settle(_ permit: Permit, _ result: Result, at now: Instant) {
    switch result {
    case .works:
      state = .closed(failures: 0)
    case .failed(let retryAfter):
      fail(isProbe: permit.isProbe, retryAfter: retryAfter ?? .milliseconds(0), at: now)
    case .unknown:
      if permit.isProbe, isProbing { state = .open(until: now) }
    }
  }

  private func fail(isProbe: Bool, retryAfter: TimeSpan, at now: Instant) {
    guard let policy else {
      state = .closed(failures: 0)
      return
    }
    if retryAfter > .milliseconds(0) {
      open(until: now + min(retryAfter, Breaker.longestRetryAfter))
    } else if isProbe {
      open(until: now + .milliseconds(policy.openMilliseconds))
    } else if case .closed(let failures) = state {
      // What fails while it is open had been asked before: it says nothing new.
      if failures + 1 < policy.failures {
        state = .closed(failures: failures + 1)
      } else {
        open(until: now + .milliseconds(policy.openMilliseconds))
      }
    }
  }

  /// The later of two ends counts.
  private func open(until end: Instant) {
    if case .open(let other) = state, other > end { return }
    state = .open(until: end)
  }
}
