/// What follows from a failed attempt.
package struct Remedy: Equatable, Sendable {
  /// Whether the same integration may be asked again: after the time that the backend asks for, or after a backoff.
  package enum Repetition: Sendable {
    /// It would only fail again.
    case never
    /// At most once.
    case once
    /// As often as `retries` says.
    case retries
  }

  /// What it shows of the backend to the breaker.
  package enum Showing: Sendable {
    /// The backend works: the failure is not its own.
    case health
    /// Neither that it works nor that it does not.
    case nothing
    /// The backend failed. A message counts once, however often it is tried.
    case failure
    /// The backend, or the way to it, broke off. What was under way there fails with it, and counts once.
    case outage
    /// The backend will not work for a while, so that it is left alone at once.
    case exhaustion
  }

  package let repetition: Repetition
  /// Whether the next integration is asked after the last retry. `on_filter` may say otherwise.
  package let asksNext: Bool
  package let shows: Showing
}
