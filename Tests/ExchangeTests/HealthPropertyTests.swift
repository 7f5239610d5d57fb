import Backends
import Foundation
import Platform
import Testing
import TestSupport

@testable import Exchange
@testable import HTTPClient

/// Backends that load at random, that have few places, and that are silent, with hedges and probes: each exchange is
/// answered once, in time, and nothing is left.
///
/// `POSTERN_EXCHANGES` is the number of exchanges; 100000 takes some minutes.
@Suite(.seeded) struct HealthPropertyTests {
  private static let deadline = TimeSpan.seconds(20)
  /// The most milliseconds by which the clock moves between two turns of the loop.
  private static let step = 60
  private static let settings = """
    [limits]
    in_flight = 65536
    [bot b]
    deadline = 20s
    hedge = 2s
    window = 3
    [integration one]
    type = openai
    model = m
    webhook_url = http://127.0.0.1/one
    max_in_flight = 5
    timeout = 4s
    breaker = 5/1s
    [integration two]
    type = openai
    model = m
    webhook_url = http://127.0.0.1/two
    probe_url = http://127.0.0.1/two/health
    probe_interval = 500ms
    warm = yes
    timeout = 4s
    idle_timeout = 1s
    breaker = 3/1s
    [integration last]
    type = openai
    model = m
    webhook_url = http://127.0.0.1/last
    fallback = yes
    max_in_flight = 20
    timeout = 3s
    breaker = 0
    """

  /// The result of one exchange.
  private final class Record {
    let start: Instant
    var answers: [Answer] = []
    var isGivenUp = false
    weak var exchange: Exchange?

    init(at start: Instant) {
      self.start = start
    }
  }

  /// A world of backends, each of which loads now and then.
  private final class World {
    let fixture: ExchangeFixture
    private var generator = SeededGenerator()
    private var readyAt: [String: Instant] = [:]

    init(_ fixture: ExchangeFixture) {
      self.fixture = fixture
      fixture.backends.script = { [self] in act($0) }
    }

    private func act(_ url: String) -> FakeBackends.Act {
      let isProbe = url.hasSuffix("/health")
      let name = isProbe ? String(url.dropLast(7)) : url
      if Int.random(in: 0..<300, using: &generator) == 0 {
        readyAt[name] = fixture.now + .milliseconds(Int.random(in: 0...8000, using: &generator))
      }
      let delay = TimeSpan.milliseconds(Int.random(in: 1...300, using: &generator))
      if let ready = readyAt[name], fixture.now < ready {
        return .init(delay: delay, result: .answer(503, #"{"error":{"message":"Loading model"}}"#))
      }
      if isProbe { return .init(delay: delay, result: .answer(200)) }
      switch Int.random(in: 0..<20, using: &generator) {
      case 0: return .init(delay: nil, result: .answer(200))
      case 1: return .init(delay: delay, result: .answer(500))
      case 2: return .init(delay: delay, result: .failure(.connectFailed))
      case 3: return stream(after: .milliseconds(Int.random(in: 500...5000, using: &generator)))
      case 4:
        // It stops in the middle.
        var act = stream(after: delay)
        act.pieces.removeLast()
        act.delay = nil
        return act
      default: return stream(after: delay)
      }
    }

    private func stream(after wait: TimeSpan) -> FakeBackends.Act {
      let (text, end) = (
        #"data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}"#,
        #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
      )
      return .init(
        delay: .milliseconds(1), result: .answer(200, ""),
        pieces: [(wait, text + "\n\n"), (.milliseconds(20), end + "\n\ndata: [DONE]\n\n")])
    }
  }

  @Test func promisesAreKept() throws {
    let fixture = try ExchangeFixture(Self.settings)
    let world = World(fixture)
    fixture.dispatcher.watches.adopt(fixture.bot.integrations)
    let count = ProcessInfo.processInfo.environment["POSTERN_EXCHANGES"].flatMap { Int($0) } ?? 3000
    var hedged: Int64 = 0
    var outcomes: Set<Outcome> = []
    for batch in 0..<max(1, count / 1000) {
      for record in try run(batch: batch, on: fixture) {
        for attempt in record.answers.first?.attempts ?? [] { outcomes.insert(attempt.outcome) }
      }
    }
    for integration in fixture.bot.integrations { hedged += integration.statistics[.hedged] }
    #expect(hedged > 0)
    #expect(outcomes.isSuperset(of: [.ok, .loading, .timeout, .httpError]))
    withExtendedLifetime(world) {}
  }

  private func run(batch: Int, on fixture: ExchangeFixture) throws -> [Record] {
    var generator = SeededGenerator(stream: UInt64(batch + 1))
    var records: [Record] = []
    for number in 0..<1000 {
      let record = Record(at: fixture.now)
      records.append(record)
      let client = FakeClient()
      client.onAnswer = { answer in
        record.answers.append(answer)
        let elapsed = (fixture.now - record.start).milliseconds
        // What ends at the deadline may be answered a turn later.
        #expect(elapsed <= Self.deadline.milliseconds + 2 * Self.step)
        let last = answer.attempts.last?.outcome
        if case .reply = answer.content { #expect(last == .ok) } else { #expect(last != .ok) }
      }
      let exchange = try fixture.exchange(
        "m", in: "c\(batch)-\(number)", streaming: number % 2 == 0, to: client)
      record.exchange = exchange
      try fixture.dispatcher.admit(exchange)
      try fixture.advance(.milliseconds(Int.random(in: 0...Self.step, using: &generator)))
    }
    var leaving = records.shuffled(using: &generator).prefix(100)
    let end = fixture.now + Self.deadline + TimeSpan.milliseconds(200)
    while fixture.now < end {
      try fixture.advance(.milliseconds(Int.random(in: 1...Self.step, using: &generator)))
      if let record = leaving.popLast(), record.answers.isEmpty {
        record.isGivenUp = true
        _ = record.exchange?.giveUp()
      }
    }
    for record in records {
      #expect(record.answers.count == (record.isGivenUp ? 0 : 1))
      #expect(record.exchange == nil)
    }
    for integration in fixture.bot.integrations {
      #expect(integration.health.queue.inFlight == 0)
      #expect(integration.health.queue.waitingCount == 0)
    }
    // A probe, or the message that warms, may be under way.
    #expect(fixture.backends.running.count <= 2)
    return records
  }
}
