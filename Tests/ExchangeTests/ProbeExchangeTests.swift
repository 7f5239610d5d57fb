import Backends
import HTTPClient
import JSON
import Platform
import Protocols
import Testing
import TestSupport

@testable import Exchange

/// Exchanges that meet a breaker that is not closed.
@Suite struct ProbeExchangeTests {
  private func fixture() throws -> ExchangeFixture {
    try ExchangeFixture(
      """
      [integration alone]
      type = anthropic
      model = m
      webhook_url = http://127.0.0.1/
      retries = 3
      breaker = 1/1s
      """)
  }

  private static var well: TransferResult {
    .answer(
      200,
      #"{"type":"message","role":"assistant","content":[{"type":"text","text":"Well."}],"#
        + #""stop_reason":"end_turn"}"#)
  }

  /// One of two exchanges that come back after the breaker's pause is the probe. The other one waits for the result,
  /// however long the probe takes, and uses up no retries meanwhile.
  @Test func waitsForTheProbeOfAnother() throws {
    let fixture = try fixture()
    let busy = TransferResult.answer(503, retryAfter: .seconds(1))
    var acts = [busy, busy].map { FakeBackends.Act(delay: .milliseconds(10), result: $0) }
    acts += [FakeBackends.Act(delay: .seconds(3), result: Self.well)]
    fixture.backends.script = { _ in
      acts.isEmpty
        ? FakeBackends.Act(delay: .milliseconds(10), result: Self.well) : acts.removeFirst()
    }
    let clients = [FakeClient(), FakeClient()]
    for (client, conversation) in zip(clients, ["a", "b"]) {
      try fixture.dispatcher.admit(fixture.exchange("x", in: conversation, to: client))
    }
    for _ in 0..<700 { try fixture.advance(.milliseconds(10)) }
    for client in clients {
      #expect(client.answers.map { $0.outcome.description } == ["ok"])
    }
    #expect(fixture.backends.askedCounts.values.first == 4)
  }

  /// A message without an equivalent in the backend's dialect is not sent, and says nothing about
  /// the backend.
  @Test func learnsNothingFromWhatIsNotSent() throws {
    let fixture = try fixture()
    fixture.backends.script = { _ in
      FakeBackends.Act(delay: .milliseconds(10), result: .answer(500))
    }
    let breaker = fixture.bot.integrations[0].breaker
    let message = try fixture.exchange("x", in: "a", to: FakeClient())
    try fixture.dispatcher.admit(message)
    try fixture.advance(.milliseconds(10))
    #expect(breaker.stateName.description == "open")
    try fixture.advance(.seconds(1))
    let body = try JSONDocument(
      bytes(
        #"{"model":"m","messages":[{"role":"user","content":"x"}],"logit_bias":{"1":2}}"#)
    ).root
    let chat = ChatRequest(.openai, body: body, messages: try #require(body["messages"]))
    let client = FakeClient()
    let untranslatable = Exchange(
      Message(
        .given(chat), to: nil, conversation: nil, user: nil, userID: nil, metadata: nil,
        isStreaming: false), for: fixture.bot,
      request: bytes("req_2"), through: fixture.dispatcher, to: client)
    try fixture.dispatcher.admit(untranslatable)
    #expect(client.answers.count == 1)
    #expect(breaker.stateName.description == "open")
  }
}
