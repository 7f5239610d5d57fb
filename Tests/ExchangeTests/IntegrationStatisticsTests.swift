import Backends
import Configuration
import HTTPClient
import Platform
import Testing
import TestSupport

@testable import Exchange

@Suite struct IntegrationStatisticsTests {
  private static let pair = """
    [integration main]
    type = custom
    webhook_url = http://127.0.0.1/main
    retries = 0
    breaker = 0
    [integration spare]
    type = custom
    webhook_url = http://127.0.0.1/spare
    fallback = yes
    """

  /// Sends messages one after another; the backends answer after 10 ms.
  private func fixture(
    _ text: String = pair, messages: Int, main: TransferResult
  ) throws -> ExchangeFixture {
    let fixture = try ExchangeFixture(text)
    fixture.backends.script = { url in
      let good = TransferResult.answer(
        200, #"{"content":"Hi","metadata":{"usage":{"prompt_tokens":7,"completion_tokens":3}}}"#)
      return .init(delay: .milliseconds(10), result: url.hasSuffix("main") ? main : good)
    }
    for number in 0..<messages {
      let client = FakeClient()
      try fixture.dispatcher.admit(fixture.exchange("m", in: "c\(number)", to: client))
      for _ in 0..<6 where client.answers.isEmpty { try fixture.advance(.milliseconds(10)) }
      #expect(client.answers.count == 1)
    }
    return fixture
  }

  @Test func keepsTheLastFailureAndHowManyThereAre() throws {
    let failing = try fixture(messages: 3, main: .answer(503)).bot.integrations[0].failures
    let failure = try #require(failing.lastAttempt)
    #expect(failure.report.outcome == .httpError && failure.report.status == 503)
    #expect(!failure.report.advice.bytes.isEmpty)
    #expect(failing.attemptsInARow == 3)
    failing.note(AttemptReport(integration: [], outcome: .breakerOpen, milliseconds: 0))
    #expect(failing.lastAttempt?.report.outcome == .httpError)
    #expect(failing.attemptsInARow == 3)
    failing.note(AttemptReport(integration: [], outcome: .ok, milliseconds: 1))
    #expect(failing.attemptsInARow == 0)
    #expect(failing.lastAttempt?.report.status == 503)
  }

  @Test func countsAFallbackForBothSides() throws {
    let fixture = try fixture(messages: 5, main: .answer(500))
    let (main, spare) = (
      fixture.bot.integrations[0].statistics, fixture.bot.integrations[1].statistics
    )
    #expect(main[.drawn] == 5)
    #expect(main[.httpError] == 5)
    #expect(main[.ok] == 0)
    #expect(main[.fallbacksNeeded] == 5)
    #expect(main[.fallbacksServed] == 0)
    #expect(main.latency.count == 0)
    #expect(spare[.drawn] == 0)
    #expect(spare[.ok] == 5)
    #expect(spare[.fallbacksServed] == 5)
    #expect(spare[.fallbacksNeeded] == 0)
    #expect(spare.latency.percentile(50) == 10)
    #expect(spare[.inputTokens] == 35)
    #expect(spare[.outputTokens] == 15)
    #expect(fixture.dispatcher.activity.endings[ExchangeEnding.reply.rawValue] == 5)
    #expect(fixture.dispatcher.activity.inFlight == 0)
  }

  @Test func countsWhatWasNotAskedAndWhatWasGivenUp() throws {
    let fixture = try fixture(
      Self.pair.replacing("breaker = 0", with: "breaker = 2/1h"), messages: 4, main: .answer(500))
    let main = fixture.bot.integrations[0].statistics
    #expect(main[.httpError] == 2)
    // Open: it is still drawn, because it is the only one, and skipped.
    #expect(main[.breakerOpen] == 2)
    #expect(main[.fallbacksNeeded] == 4)
    let exchange = try fixture.exchange("m", in: "left", to: FakeClient())
    try fixture.dispatcher.admit(exchange)
    #expect(fixture.dispatcher.activity.inFlight == 1)
    #expect(exchange.giveUp())
    #expect(fixture.bot.integrations[1].statistics[.cancelled] == 1)
    #expect(fixture.dispatcher.activity.endings[ExchangeEnding.cancelled.rawValue] == 1)
  }

  /// Over a reload they stay with the integration of the same name at the same bot, whatever else
  /// changes.
  @Test(arguments: [
    ("[integration a]\ntype = custom\nwebhook_url = http://127.0.0.1/\nbot = b", true),
    ("[integration a]\ntype = echo\nweight = 5\nbot = b", true),
    ("[integration a]\ntype = echo\nbot = c", false),
    ("[integration z]\ntype = echo\nbot = b", false),
  ])
  func outliveAReload(text: String, isKept: Bool) throws {
    let bots = "[bot b]\n[bot c]\n"
    let old = BotTable(
      try configuration(bots + "[integration a]\ntype = echo\nbot = b"), version: "0")
    let before = try #require(old.integration(bytes("a")))
    let new = BotTable(try configuration(bots + text), replacing: old, version: "0")
    let after = try #require(new.integration(bytes("a")) ?? new.integration(bytes("z")))
    #expect((after.statistics === before.statistics) == isKept)
  }
}
