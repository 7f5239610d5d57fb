import Backends
import HTTPClient
import Platform
import Testing
import TestSupport

@testable import Exchange

/// Exchanges whose backend is loading its model.
@Suite struct LoadingExchangeTests {
  private static var loading: TransferResult {
    .answer(503, #"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#)
  }
  private static var well: TransferResult { .answer(200, #"{"content":"hi"}"#) }

  private func fixture(_ settings: String = "", fallback: Bool = false) throws -> ExchangeFixture {
    try ExchangeFixture(
      """
      [bot b]
      deadline = 60s
      [integration slow]
      webhook_url = http://127.0.0.1/slow
      timeout = 5s
      retries = 0
      breaker = 1/30s
      \(settings)
      """
        + (fallback ? ExchangeFixture.spare : ""))
  }

  /// A hundred messages come while the model loads for 12 s: all are answered then, in order, and the backend was not
  /// asked by each of them all the time.
  @Test func messagesWaitInOrderAndTheOldestAsks() throws {
    let fixture = try fixture()
    let ready = fixture.now + .seconds(12)
    var answered = 0
    fixture.backends.script = { _ in
      guard fixture.now >= ready else {
        return .init(delay: .milliseconds(5), result: Self.loading)
      }
      answered += 1
      return .init(delay: .milliseconds(5 + answered), result: Self.well)
    }
    var order: [Int] = []
    let clients = (0..<100).map { _ in FakeClient() }
    for (number, client) in clients.enumerated() {
      client.onAnswer = { _ in order.append(number) }
      try fixture.dispatcher.admit(fixture.exchange("x", in: "c\(number)", to: client))
      if number % 10 == 0 { try fixture.advance(.milliseconds(20)) }
    }
    try fixture.run(for: .seconds(11))
    #expect(order.isEmpty)
    #expect(fixture.bot.integrations[0].health.state == .loading)
    let before = fixture.backends.askedCounts["http://127.0.0.1/slow"]!
    // Once a second, and the first few at once.
    #expect(before < 30)
    try fixture.run(for: .seconds(3))
    #expect(order == Array(0..<100))
    #expect(fixture.bot.integrations[0].health.state == .ready)
    #expect(fixture.bot.integrations[0].breaker.isClosed)
    for client in clients {
      #expect(client.answers.count == 1)
      #expect(client.answers.first?.outcome.description == "ok")
    }
    #expect(clients[0].answers[0].attempts.map { $0.outcome } == [.loading, .ok])
  }

  @Test func theNextIntegrationKeepsItsTime() throws {
    let fixture = try fixture(fallback: true)
    fixture.backends.script = {
      .init(delay: .milliseconds(5), result: $0.hasSuffix("slow") ? Self.loading : Self.well)
    }
    let clients = [FakeClient(), FakeClient()]
    try fixture.dispatcher.admit(fixture.exchange("x", in: "a", to: clients[0]))
    try fixture.run(for: .milliseconds(100))
    // This one is never sent to the backend that loads.
    try fixture.dispatcher.admit(fixture.exchange("x", in: "b", to: clients[1]))
    try fixture.run(for: .seconds(54))
    #expect(clients.allSatisfy { $0.answers.isEmpty })
    try fixture.run(for: .seconds(2))
    for client in clients {
      #expect(client.answers.first?.attempts.map { $0.outcome } == [.loading, .ok])
    }
    #expect(fixture.bot.integrations[0].breaker.isClosed)
  }

  @Test func aloneItIsWaitedForUpToTheDeadline() throws {
    let fixture = try fixture()
    fixture.backends.script = { _ in .init(delay: .milliseconds(5), result: Self.loading) }
    let client = FakeClient()
    try fixture.dispatcher.admit(fixture.exchange("x", in: "a", to: client))
    try fixture.run(for: .seconds(61))
    guard case .failed(timedOut: true) = client.answers.first?.content else {
      Issue.record("the message waits up to its deadline")
      return
    }
    #expect(fixture.backends.running.isEmpty)
  }

  @Test func aClientThatLeavesLeavesNothingBehind() throws {
    let fixture = try fixture()
    fixture.backends.script = { _ in .init(delay: .milliseconds(5), result: Self.loading) }
    let client = FakeClient()
    let exchange = try fixture.exchange("x", in: "a", to: client)
    try fixture.dispatcher.admit(exchange)
    try fixture.run(for: .milliseconds(100))
    #expect(exchange.giveUp())
    let asked = fixture.backends.askedCounts["http://127.0.0.1/slow"]
    try fixture.run(for: .seconds(20))
    #expect(fixture.backends.askedCounts["http://127.0.0.1/slow"] == asked)
    #expect(fixture.bot.integrations[0].health.queue.waitingCount == 0)
    #expect(fixture.bot.integrations[0].health.queue.inFlight == 0)
  }

  // MARK: Probes

  private static let probed = """
    probe_url = http://127.0.0.1/health
    probe_interval = 10s
    """

  /// Nothing is asked while it is well. After a failure the probe is asked every ten seconds, and closes the breaker.
  @Test func aProbeRunsOnlyWhileTheBackendIsInDoubt() throws {
    let fixture = try fixture(Self.probed)
    var isWell = true
    fixture.backends.script = { url in
      .init(
        delay: .milliseconds(5),
        result: !isWell
          ? .failure(.connectFailed) : url.hasSuffix("health") ? .answer(200) : Self.well)
    }
    let probes = { fixture.backends.askedCounts["http://127.0.0.1/health"] ?? 0 }
    fixture.dispatcher.watches.adopt(fixture.bot.integrations)
    try fixture.run(for: .seconds(60))
    #expect(probes() == 1)
    isWell = false
    let client = FakeClient()
    try fixture.dispatcher.admit(fixture.exchange("x", in: "a", to: client))
    try fixture.run(for: .seconds(1))
    let integration = fixture.bot.integrations[0]
    #expect(integration.health.state == .down)
    #expect(!integration.breaker.isClosed)
    try fixture.run(for: .seconds(10))
    #expect(probes() == 2)
    isWell = true
    try fixture.run(for: .seconds(10))
    #expect(probes() == 3)
    #expect(integration.breaker.isClosed)
    #expect(integration.health.state == .ready)
    try fixture.run(for: .seconds(60))
    #expect(probes() == 3)
  }

  /// A backend that is silent while it loads is known by its probe: the message is waited for beyond its timeout, on the
  /// connection that it has, because some backends give the load up when that closes.
  @Test func silenceWhileLoadingIsBorne() throws {
    let fixture = try fixture(Self.probed)
    let ready = fixture.now + .seconds(40)
    fixture.backends.script = { url in
      guard url.hasSuffix("health") else { return .init(delay: .seconds(40), result: Self.well) }
      let result = fixture.now < ready ? Self.loading : .answer(200)
      return .init(delay: .milliseconds(5), result: result)
    }
    let client = FakeClient()
    try fixture.dispatcher.admit(fixture.exchange("x", in: "a", to: client))
    try fixture.run(for: .seconds(42))
    #expect(client.answers.first?.attempts.map { $0.outcome } == [.ok])
    #expect(fixture.backends.askedCounts["http://127.0.0.1/slow"] == 1)
  }

  // MARK: Warming

  @Test func messagesWaitForTheOneThatWarms() throws {
    let fixture = try fixture("warm = yes")
    var first = true
    fixture.backends.script = { _ in
      defer { first = false }
      return .init(delay: first ? .seconds(40) : .milliseconds(5), result: Self.well)
    }
    fixture.dispatcher.watches.adopt(fixture.bot.integrations)
    let client = FakeClient()
    try fixture.dispatcher.admit(fixture.exchange("x", in: "a", to: client))
    try fixture.run(for: .seconds(39))
    #expect(fixture.bot.integrations[0].health.state == .loading)
    #expect(fixture.backends.askedCounts["http://127.0.0.1/slow"] == 1)
    try fixture.run(for: .seconds(2))
    #expect(client.answers.first?.attempts.map { $0.outcome } == [.ok])
  }

  /// A backend that is not there at start is warmed once it is. Messages do not wait for that.
  @Test func aBackendThatStartsLaterIsWarmed() throws {
    let fixture = try fixture("warm = yes\nprobe_interval = 2s")
    var isThere = false
    fixture.backends.script = { _ in
      .init(delay: .milliseconds(5), result: isThere ? Self.well : .failure(.connectFailed))
    }
    fixture.dispatcher.watches.adopt(fixture.bot.integrations)
    try fixture.run(for: .seconds(5))
    #expect(fixture.bot.integrations[0].health.state == .down)
    #expect(fixture.bot.integrations[0].breaker.isClosed)
    isThere = true
    try fixture.run(for: .seconds(3))
    #expect(fixture.bot.integrations[0].health.state == .ready)
    let asked = fixture.backends.askedCounts["http://127.0.0.1/slow"]
    try fixture.run(for: .seconds(60))
    #expect(fixture.backends.askedCounts["http://127.0.0.1/slow"] == asked)
  }
}
