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

  package let repetition: Repetition
  /// Whether the next integration is asked after the last retry.
  package let asksNext: Bool
  /// Whether the breaker counts it as a failure of the backend; otherwise it shows a backend that works.
  package let countsAgainstBackend: Bool
}
