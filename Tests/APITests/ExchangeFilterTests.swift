import Bytes
import Testing

@testable import API

@Suite struct ExchangeFilterTests {
  /// The outcomes of attempts, and those of exchanges.
  @Test(arguments: [
    ("ok", true), ("cancelled", true), ("breaker_open", true), ("loading", true),
    ("all_integrations_failed", true), ("user_rate_exceeded", true), ("content_filter", true),
    ("content_filtered", true), ("", false), ("OK", false), ("nope", false),
    ("invalid_key", false),
  ])
  func itIsAnOutcome(name: String, isOne: Bool) {
    #expect(ExchangeOutcome.includes(Array(name.utf8).span) == isOne)
  }
}
