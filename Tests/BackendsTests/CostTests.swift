import Configuration
import JSON
import TestSupport
import Testing

@testable import Backends
@testable import Protocols

/// What replies cost, without rounding.
struct CostTests {
  private func settings(_ prices: String) throws -> IntegrationSettings {
    try configuration("[integration a]\ntype = echo\n\(prices)").integrations[0]
  }

  private func usage(_ text: String) throws -> TokenUsage {
    TokenUsage(try JSONDocument(bytes(text)).root)
  }

  @Test(arguments: [
    (
      "price_input = 2.50\nprice_output = 10", #"{"prompt_tokens":96,"completion_tokens":118}"#,
      "0.00142"
    ),
    ("price_input = 0.000001", #"{"prompt_tokens":1}"#, "0.000000000001"),
    ("price_input = 1", #"{"prompt_tokens":3000000}"#, "3"),
    ("price_input = 999999.999999", #"{"prompt_tokens":1000000000000}"#, "999999999999"),
    ("price_output = 3", #"{"prompt_tokens":5}"#, "0"),
    (
      "price_input = 2\nprice_cached = 0.5",
      #"{"prompt_tokens":100,"prompt_tokens_details":{"cached_tokens":60}}"#, "0.00011"
    ),
    (
      "price_input = 2", #"{"prompt_tokens":100,"prompt_tokens_details":{"cached_tokens":60}}"#,
      "0.0002"
    ),
    (
      "price_input = 2\nprice_cached = 0", #"{"input_tokens":40,"cache_read_input_tokens":60}"#,
      "0.00008"
    ),
    ("price_cached = 1", #"{"prompt_tokens":1,"prompt_cache_hit_tokens":7}"#, "0.000007"),
    ("price_input = 1", "{}", "0"),
  ])
  func costsWhatThePricesSay(prices: String, counts: String, expected: String) throws {
    let cost = try #require(try settings(prices).cost(of: usage(counts)))
    #expect(text(cost.text) == expected)
  }

  @Test func withoutPricesThereIsNoCost() throws {
    #expect(try settings("").cost(of: usage(#"{"prompt_tokens":1}"#)) == nil)
  }

  /// A million replies of a third of a cent are exactly that.
  @Test func sumsDoNotDrift() throws {
    let reply = try #require(
      try settings("price_input = 0.333333").cost(of: usage(#"{"prompt_tokens":1}"#)))
    var sum = Cost()
    for _ in 0..<1_000_000 { sum += reply }
    #expect(text(sum.text) == "0.333333")
  }
}
