import Configuration
import Platform
import Testing
import TestSupport

@testable import Backends

/// Which integrations a bot tries for a message, and in which order.
@Suite struct RouteTests {
  struct Case: CustomTestStringConvertible {
    var testDescription: String
    /// `NAME WEIGHT`, and `fallback` or `disabled`.
    var integrations: [String]
    var drawn: String?
    var expected: [String]
  }

  @Test(arguments: [
    Case(
      testDescription: "the drawn one, then the fallbacks by weight, then by place",
      integrations: [
        "f1 1 fallback", "p 1", "f5 5 fallback", "q 0", "f5b 5 fallback", "f9 9 fallback",
      ], drawn: "p", expected: ["p", "f9", "f5", "f5b", "f1"]),
    Case(
      testDescription: "weight 0 is the last resort",
      integrations: ["f0 0 fallback", "p 1", "f1 1 fallback"], drawn: "p",
      expected: ["p", "f1", "f0"]),
    Case(
      testDescription: "a disabled fallback is not tried",
      integrations: ["p 1", "f 1 fallback disabled", "g 1 fallback"], drawn: "p",
      expected: ["p", "g"]),
    Case(
      testDescription: "what is not drawn is not a fallback",
      integrations: ["p 1", "q 0"], drawn: "p", expected: ["p"]),
    Case(
      testDescription: "nothing to draw",
      integrations: ["f 1 fallback", "p 0", "g 2 fallback"], drawn: nil, expected: ["g", "f"]),
    Case(
      testDescription: "nothing at all", integrations: ["p 0", "q 1 disabled"], drawn: nil,
      expected: []),
  ])
  func triesInOrder(route: Case) throws {
    let bot = try bot(route.integrations)
    let drawn = bot.draw(
      for: .chat, in: bytes("c"), at: Instant(nanoseconds: 0), using: RandomSource())
    #expect(drawn.map { text($0.settings.id) } == route.drawn)
    #expect(
      bot.route(for: .chat, beginningWith: drawn).map { text($0.settings.id) } == route.expected)
  }

  /// An open breaker keeps an integration out of the draw, unless all are open.
  @Test func drawsWhatMayBeAsked() throws {
    let bot = try bot(["p 1", "q 999999"])
    let (now, random) = (Instant(nanoseconds: 0), RandomSource())
    func drawn() -> Set<String> {
      Set(
        (0..<100).compactMap { _ in bot.draw(for: .chat, in: bytes("c"), at: now, using: random) }
          .map { text($0.settings.id) })
    }
    try open(#require(bot.integration(bytes("q"))).breaker, at: now)
    #expect(drawn() == ["p"])
    try open(#require(bot.integration(bytes("p"))).breaker, at: now)
    #expect(drawn().contains("q"))
  }

  /// Drawing changes nothing: the exchange counts.
  @Test func drawingIsNotCounted() throws {
    let bot = try bot(["p 1"])
    let drawn = bot.draw(
      for: .chat, in: bytes("c"), at: Instant(nanoseconds: 0), using: RandomSource())
    #expect(drawn?.statistics[.drawn] == 0)
  }

  @Test func findsWhatIsEnabled() throws {
    let bot = try bot(["p 1", "q 1 disabled"])
    #expect(bot.enabledIntegration(bytes("p")) != nil)
    #expect(bot.enabledIntegration(bytes("q")) == nil)
    #expect(bot.integration(bytes("q")) != nil)
    #expect(bot.integration(bytes("r")) == nil)
  }

  private func open(_ breaker: Breaker, at now: Instant) throws {
    let permit = try #require(breaker.admit(at: now))
    breaker.settle(permit, .failed(retryAfter: .seconds(1), .counts), at: now)
  }

  private func bot(_ integrations: [String]) throws -> Bot {
    var file = ""
    for integration in integrations {
      let words = integration.split(separator: " ")
      file += "[integration \(words[0])]\ntype = echo\nweight = \(words[1])\n"
      if words.contains("fallback") { file += "fallback = yes\n" }
      if words.contains("disabled") { file += "enabled = no\n" }
    }
    let configuration = try configuration(file)
    return BotTable(configuration, version: "0").bots[0]
  }
}
