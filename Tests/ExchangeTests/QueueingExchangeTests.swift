import Backends
import HTTPClient
import Platform
import Testing
import TestSupport

@testable import Exchange

/// `max_in_flight`: exchanges that wait for a place at an integration.
@Suite struct QueueingExchangeTests {
  private static var well: TransferResult { .answer(200, #"{"content":"hi"}"#) }

  private func fixture(fallback: Bool = false) throws -> ExchangeFixture {
    try ExchangeFixture(
      """
      [bot b]
      deadline = 20s
      [integration local]
      webhook_url = http://127.0.0.1/local
      timeout = 10s
      max_in_flight = 2
      """
        + (fallback ? ExchangeFixture.spare : ""))
  }

  @Test func neverMoreAtOnceAndInOrder() throws {
    let fixture = try fixture()
    var most = 0
    fixture.backends.script = { _ in
      most = max(most, fixture.backends.running.count)
      return .init(delay: .seconds(1), result: Self.well)
    }
    var order: [Int] = []
    for number in 0..<20 {
      let client = FakeClient()
      client.onAnswer = { _ in order.append(number) }
      try fixture.dispatcher.admit(fixture.exchange("x", in: "c\(number)", to: client))
    }
    try fixture.run(for: .seconds(12))
    #expect(order == Array(0..<20))
    #expect(most <= 2)
    #expect(fixture.bot.integrations[0].health.queue.inFlight == 0)
  }

  @Test func whatWaitsTooLongGoesToTheNext() throws {
    let fixture = try fixture(fallback: true)
    fixture.backends.script = {
      .init(delay: $0.hasSuffix("local") ? nil : .milliseconds(5), result: Self.well)
    }
    let clients = (0..<3).map { _ in FakeClient() }
    for (number, client) in clients.enumerated() {
      try fixture.dispatcher.admit(fixture.exchange("x", in: "c\(number)", to: client))
    }
    // The first two hold both places up to their timeout; the third gets one then.
    try fixture.run(for: .seconds(16))
    for client in clients {
      #expect(client.answers.count == 1)
      #expect(client.answers.first?.attempts.last?.outcome == .ok)
    }
    #expect(fixture.bot.integrations[0].health.queue.inFlight == 0)
  }

  @Test func aClientThatLeavesLeavesTheQueue() throws {
    let fixture = try fixture()
    fixture.backends.script = { _ in .init(delay: .seconds(5), result: Self.well) }
    var exchanges: [Exchange] = []
    let clients = (0..<4).map { _ in FakeClient() }
    for (number, client) in clients.enumerated() {
      exchanges.append(try fixture.exchange("x", in: "c\(number)", to: client))
      try fixture.dispatcher.admit(exchanges[number])
    }
    let queue = fixture.bot.integrations[0].health.queue
    #expect((queue.inFlight, queue.waitingCount) == (2, 2))
    // One that waits, and one that holds a place: the last in the queue gets it.
    #expect(exchanges[2].giveUp())
    #expect(exchanges[0].giveUp())
    try fixture.run(for: .milliseconds(40))
    #expect((queue.inFlight, queue.waitingCount) == (2, 0))
    try fixture.run(for: .seconds(6))
    #expect(clients.map { $0.answers.count } == [0, 1, 0, 1])
    #expect(queue.inFlight == 0)
  }
}
