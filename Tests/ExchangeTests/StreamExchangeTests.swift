import Backends
import HTTPClient
import Platform
import Protocols
import Testing
import TestSupport

@testable import Exchange

/// Streamed replies, and streams that break at every point.
@Suite struct StreamExchangeTests {
  /// A whole stream, piece by piece: the first content comes with the second.
  private static let pieces = [
    #"data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
    #"data: {"choices":[{"index":0,"delta":{"content":"Once "}}]}"#,
    #"data: {"choices":[{"index":0,"delta":{"content":"upon"}}]}"#,
    #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    "data: [DONE]",
  ].map { (wait: TimeSpan.milliseconds(10), text: $0 + "\n\n") }

  private static let rest = [
    #"data: {"choices":[{"index":0,"delta":{"content":" a time"}}]}"#,
    #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"model":"other"}"#,
  ].map { (wait: TimeSpan.milliseconds(10), text: $0 + "\n\n") }

  /// How a stream breaks: the result of the transfer, if there is one.
  enum Break: CaseIterable {
    case cut, ended, stalled

    var result: TransferResult? {
      switch self {
      case .cut: .failure(.interrupted)
      case .ended: .answer(200, "")
      case .stalled: nil
      }
    }
  }

  private func fixture(
    delivery: String = "live", retries: Int = 0, prefill: Bool
  ) throws -> ExchangeFixture {
    try ExchangeFixture(
      """
      [bot b]
      deadline = 30s
      delivery = \(delivery)
      [integration first]
      type = openai
      model = m
      webhook_url = http://127.0.0.1/first
      timeout = 5s
      idle_timeout = 2s
      retries = \(retries)
      [integration plain]
      type = openai
      model = m
      webhook_url = http://127.0.0.1/plain
      fallback = yes
      weight = 2
      retries = 0
      [integration last]
      type = openai
      model = m
      webhook_url = http://127.0.0.1/last
      fallback = yes
      prefill = \(prefill ? "yes" : "no")
      retries = 0
      """)
  }

  /// Sends a message to the first integration, which breaks after `count` pieces.
  private func run(
    _ fixture: ExchangeFixture, breaking: Break, after count: Int, streaming: Bool = true
  ) throws -> FakeClient {
    fixture.backends.script = { url in
      if url.hasSuffix("first") {
        return FakeBackends.Act(
          delay: breaking.result.map { _ in .milliseconds(1) },
          result: breaking.result ?? .answer(200), pieces: Array(Self.pieces[..<count]))
      }
      return FakeBackends.Act(
        delay: .milliseconds(1), result: .answer(200, ""),
        pieces: url.hasSuffix("last") ? Self.rest : Self.pieces)
    }
    let client = FakeClient()
    let exchange = try fixture.exchange("hi", in: "c", streaming: streaming, to: client)
    try fixture.dispatcher.admit(exchange)
    for _ in 0..<3000 where client.answers.isEmpty { try fixture.advance(.milliseconds(10)) }
    try fixture.advance(.seconds(2))
    #expect(client.answers.count == 1)
    #expect(fixture.backends.running.isEmpty)
    return client
  }

  private static let points: [(Break, Int)] = Break.allCases.flatMap { way in
    (1...5).map { (way, $0) }
  }

  @Test(arguments: points) func breaksLiveWhereSomebodyCanGoOn(way: Break, count: Int) throws {
    let fixture = try fixture(prefill: true)
    let client = try run(fixture, breaking: way, after: count)
    let answer = try #require(client.answers.first)
    let reply = try #require(answer.reply)
    switch count {
    case 1:
      #expect(client.text == "Once upon")
      #expect(answer.tried == "first plain")
    case 2, 3:
      // One unbroken reply, by the integration that accepts a prefill.
      #expect(client.text == "Once \(count == 3 ? "upon" : "") a time")
      #expect(answer.tried == "first last")
      #expect(text(reply.metadata).contains("other"))
    default:
      #expect(client.text == "Once upon")
      #expect(answer.tried == "first")
    }
    #expect(text(reply.content) == "\"\(client.text)\"")
    #expect(fixture.messages(of: "c") == ["user: hi", "assistant: \(client.text)"])
  }

  /// Another try would be waited for as long as the first.
  @Test func aStallAsksTheNextAtOnce() throws {
    let fixture = try fixture(delivery: "whole", retries: 2, prefill: false)
    let client = try run(fixture, breaking: .stalled, after: 2)
    #expect(client.answers.first?.tried == "first plain")
    #expect(fixture.backends.askedCounts["http://127.0.0.1/first"] == 1)
  }

  @Test(arguments: points) func breaksLiveWhereNobodyCanGoOn(way: Break, count: Int) throws {
    let fixture = try fixture(prefill: false)
    let client = try run(fixture, breaking: way, after: count)
    let answer = try #require(client.answers.first)
    if count == 2 || count == 3 {
      #expect(answer.reply == nil)
      #expect(answer.tried == "first")
      #expect(client.text == "Once \(count == 3 ? "upon" : "")")
      #expect(fixture.messages(of: "c") == [])
    } else {
      #expect(answer.reply != nil)
      #expect(client.text == "Once upon")
    }
  }

  /// Nothing is sent before the reply is whole and sound: every break ends in the whole answer.
  @Test(arguments: points) func breaksUnseenWhereDeliveryIsWhole(way: Break, count: Int) throws {
    let fixture = try fixture(delivery: "whole", prefill: false)
    let client = try run(fixture, breaking: way, after: count)
    let answer = try #require(client.answers.first)
    #expect(answer.tried == (count < 4 ? "first plain" : "first"))
    #expect(text(try #require(answer.reply).content) == "\"Once upon\"")
    #expect(client.deltas.isEmpty)
  }

  /// A break after content is worth one more try, whatever `retries` says; a break before it that
  /// many.
  @Test(arguments: [(1, 3), (2, 1), (3, 1), (4, 0)])
  func isTriedAgain(count: Int, retries: Int) throws {
    let fixture = try fixture(delivery: "whole", retries: 3, prefill: false)
    let client = try run(fixture, breaking: .cut, after: count)
    #expect(client.answers.first?.reply != nil)
    #expect(fixture.backends.askedCounts["http://127.0.0.1/first"] == 1 + retries)
  }

  @Test func stopsABackendThatTheClientIsTooSlowFor() throws {
    let fixture = try fixture(prefill: false)
    fixture.backends.script = { _ in
      FakeBackends.Act(delay: .seconds(60), result: .answer(200), pieces: Self.pieces.dropLast(2))
    }
    let client = FakeClient()
    client.hasRoom = false
    let exchange = try fixture.exchange("hi", in: "c", streaming: true, to: client)
    try fixture.dispatcher.admit(exchange)
    // The backend is silent without a fault of its own, for longer than its idle_timeout.
    for _ in 0..<1000 { try fixture.advance(.milliseconds(10)) }
    #expect(client.answers.isEmpty)
    #expect(fixture.backends.pausedCount == 1)
    exchange.resume()
    #expect(fixture.backends.pausedCount == 0)
    for _ in 0..<250 { try fixture.advance(.milliseconds(10)) }
    #expect(client.answers.first?.attempts.first?.outcome == .timeout)
  }
}

extension Answer {
  /// The reply, if there is one.
  var reply: Reply? { if case .reply(let reply, _) = content { reply } else { nil } }

  /// The integrations that were asked, in order.
  fileprivate var tried: String {
    attempts.map { text($0.integration) }.joined(separator: " ")
  }
}
