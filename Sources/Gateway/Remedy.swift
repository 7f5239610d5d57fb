/// What follows from a failed attempt.
struct Remedy: Equatable, Sendable {
  /// Whether the same integration may be asked again: after the time that its backend asks for or, where it does
  /// not, after a backoff.
  let mayRepeat: Bool
  /// Whether the next integration is asked, once this one is not any more.
  let asksNext: Bool
  /// Whether its breaker counts it as a failure of the backend; else it shows a backend that works.
  let countsAgainstBackend: Bool
}
