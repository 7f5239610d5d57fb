/// What follows from a failed attempt.
package struct Remedy: Equatable, Sendable {
  /// Whether the same integration may be asked again: after the time that its backend asks for or, where it does
  /// not, after a backoff.
  package enum Repetition: Sendable {
    /// It would only fail again.
    case never
    /// At most once.
    case once
    /// As often as `retries` says.
    case retries
  }

  package let repetition: Repetition
  /// Whether the next integration is asked, once this one is not any more.
  package let asksNext: Bool
  /// Whether its breaker counts it as a failure of the backend; else it shows a backend that works.
  package let countsAgainstBackend: Bool
}
