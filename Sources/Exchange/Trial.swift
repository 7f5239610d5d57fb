import Backends
import Bytes
import Configuration
import Platform

/// An integration's turn in an exchange: its first attempt and the retries.
struct Trial {
  let integration: Integration
  /// Its breaker's leave for the attempt that is being made.
  var permit: Breaker.Permit
  /// When its turn is over, whatever it is doing.
  let end: Instant
  /// How many retries it has had.
  private var retries = 0
  /// Whether the one retry after a broken stream is used up.
  private var hasRepeatedOnce = false

  /// Gives an integration its turn.
  init(of integration: Integration, _ permit: Breaker.Permit, until end: Instant) {
    self.integration = integration
    self.permit = permit
    self.end = end
  }

  /// When the integration may be asked again after a failure that may be repeated; `nil` if not at all: it has no
  /// retries left, its turn would be over, or the backend wants to be left alone for longer than is worth waiting.
  mutating func nextRetry(
    _ repetition: Remedy.Repetition, after retryAfter: TimeSpan?, at now: Instant,
    using random: RandomSource
  ) -> Instant? {
    let settings = integration.settings
    guard repetition != .never, retries < settings.retries else { return nil }
    if repetition == .once, hasRepeatedOnce { return nil }
    if let retryAfter, retryAfter > .milliseconds(settings.retryAfterMaxMilliseconds) { return nil }
    let pause =
      retryAfter
      ?? Backoff.pause(
        beforeRetry: retries, base: .milliseconds(settings.backoffMilliseconds), using: random)
    let due = now + pause
    // Whether another exchange's probe will have closed the breaker by then is not known yet.
    let breaker = integration.breaker
    guard due < end, breaker.allows(at: due) || breaker.isProbing else { return nil }
    retries += 1
    if repetition == .once { hasRepeatedOnce = true }
    return due
  }
}
