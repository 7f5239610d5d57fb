import Backends
import HTTPClient
import Platform
import Testing
import TestSupport

@testable import Exchange

/// `hedge`: a second integration is asked while the first says nothing.
@Suite struct HedgedExchangeTests {
  private static var well: TransferResult { .answer(200, #"{"content":"hi"}"#) }
  private static var whole: FakeBackends.Act {
    FakeBackends.Act(
      delay: .milliseconds(10), result: .answer(200, ""),
      pieces: [
        (.milliseconds(10), #"data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}"# + "\n\n"),
        (
          .milliseconds(10),
          #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
            + "\n\ndata: [DONE]\n\n"
        ),
      ])
  }

  private func fixture(delivery: String = "live") throws -> ExchangeFixture {
    try ExchangeFixture(
      """
      [bot b]
      deadline = 60s
      hedge = 10s
      delivery = \(delivery)
      [integration first]
      type = openai
      model = m
      webhook_url = http://127.0.0.1/first
      timeout = 30s
      retries = 0
      breaker = 1/30s
      [integration second]
      type = openai
      model = m
      webhook_url = http://127.0.0.1/second
      fallback = yes
      retries = 0
      [integration third]
      type = openai
      model = m
      webhook_url = http://127.0.0.1/third
      fallback = yes
      """)
  }

  private static func silent(_ url: String) -> FakeBackends.Act {
    url.hasSuffix("first") ? .init(delay: nil, result: well) : whole
  }

  private func check(_ fixture: ExchangeFixture, asked: [String: Int]) {
    for (name, count) in asked {
      #expect(fixture.backends.askedCounts["http://127.0.0.1/\(name)"] ?? 0 == count, "\(name)")
    }
    #expect(fixture.backends.running.isEmpty)
    for integration in fixture.bot.integrations { #expect(integration.health.queue.inFlight == 0) }
  }

  @Test(arguments: ["live", "whole"])
  func theSecondIsHeardWhereTheFirstIsSilent(delivery: String) throws {
    let fixture = try fixture(delivery: delivery)
    fixture.backends.script = Self.silent
    let client = FakeClient()
    try fixture.dispatcher.admit(fixture.exchange("x", in: "a", streaming: true, to: client))
    try fixture.run(for: .seconds(9))
    expectNothingYet(client, fixture)
    try fixture.run(for: .seconds(2))
    #expect(client.answers.first?.attempts.map { text($0.integration) } == ["first", "second"])
    #expect(client.answers.first?.attempts.map { $0.outcome } == [.timeout, .ok])
    if delivery == "live" { #expect(client.text == "Hi") }
    let first = fixture.bot.integrations[0]
    #expect(first.statistics[.hedged] == 1)
    #expect(first.statistics[.cancelled] == 1)
    #expect(first.statistics[.timeout] == 0)
    #expect(first.breaker.isClosed)
    check(fixture, asked: ["first": 1, "second": 1, "third": 0])
  }

  private func expectNothingYet(_ client: FakeClient, _ fixture: ExchangeFixture) {
    #expect(client.answers.isEmpty)
    #expect(fixture.backends.askedCounts["http://127.0.0.1/second"] == nil)
  }

  @Test func theFirstIsHeardWhereItSpeaksFirst() throws {
    let fixture = try fixture()
    fixture.backends.script = { url in
      var act = Self.whole
      act.pieces[0].wait = url.hasSuffix("first") ? .seconds(12) : .seconds(5)
      return act
    }
    let client = FakeClient()
    try fixture.dispatcher.admit(fixture.exchange("x", in: "a", streaming: true, to: client))
    try fixture.run(for: .seconds(14))
    #expect(client.answers.first?.attempts.map { text($0.integration) } == ["first"])
    #expect(fixture.bot.integrations[1].statistics[.cancelled] == 1)
    check(fixture, asked: ["first": 1, "second": 1, "third": 0])
  }

  @Test func theSecondContinuesWhereTheFirstFails() throws {
    let fixture = try fixture()
    fixture.backends.script = { url in
      if url.hasSuffix("first") { return .init(delay: .seconds(12), result: .answer(500)) }
      var act = Self.whole
      act.pieces[0].wait = .seconds(5)
      return act
    }
    let client = FakeClient()
    try fixture.dispatcher.admit(fixture.exchange("x", in: "a", streaming: true, to: client))
    try fixture.run(for: .seconds(16))
    #expect(client.answers.first?.attempts.map { $0.outcome } == [.httpError, .ok])
    check(fixture, asked: ["first": 1, "second": 1, "third": 0])
  }

  @Test func theFirstGoesOnWhereTheSecondFails() throws {
    let fixture = try fixture()
    fixture.backends.script = { url in
      if url.hasSuffix("second") { return .init(delay: .seconds(1), result: .answer(500)) }
      var act = Self.whole
      act.pieces[0].wait = .seconds(15)
      return act
    }
    let client = FakeClient()
    try fixture.dispatcher.admit(fixture.exchange("x", in: "a", streaming: true, to: client))
    try fixture.run(for: .seconds(17))
    #expect(client.answers.first?.attempts.map { $0.outcome } == [.httpError, .ok])
    #expect(client.text == "Hi")
    check(fixture, asked: ["first": 1, "second": 1, "third": 0])
  }

  @Test func aClientThatLeavesCancelsBoth() throws {
    let fixture = try fixture()
    fixture.backends.script = { _ in .init(delay: nil, result: Self.well) }
    let exchange = try fixture.exchange("x", in: "a", streaming: true, to: FakeClient())
    try fixture.dispatcher.admit(exchange)
    try fixture.run(for: .seconds(11))
    #expect(fixture.backends.running.count == 2)
    #expect(exchange.giveUp())
    check(fixture, asked: ["first": 1, "second": 1, "third": 0])
  }

  @Test func aClientThatDoesNotStreamIsNotHedged() throws {
    let fixture = try fixture()
    fixture.backends.script = Self.silent
    try fixture.dispatcher.admit(fixture.exchange("x", in: "a", to: FakeClient()))
    try fixture.run(for: .seconds(15))
    #expect(fixture.backends.askedCounts["http://127.0.0.1/second"] == nil)
  }
}
