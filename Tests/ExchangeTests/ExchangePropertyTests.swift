import Backends
import Bytes
import Configuration
import Platform
import Testing
import TestSupport

@testable import Exchange
@testable import HTTPClient

/// Two integrations and a fallback that fail in random ways, 100,000 times: each exchange keeps its
/// promises.
@Suite(.seeded) struct ExchangePropertyTests {
  private static let deadline = TimeSpan.seconds(8)

  private static func settings(breaker: String) -> String {
    let integration = """
      retries = 2
      backoff = 200ms
      retry_after_max = 2s
      timeout = 3s
      breaker = \(breaker)

      """
    return """
      [limits]
      in_flight = 65536
      queue_per_conversation = 2
      [bot b]
      deadline = 8s
      window = 3
      [integration one]
      webhook_url = http://127.0.0.1/one
      \(integration)
      [integration two]
      webhook_url = http://127.0.0.1/two
      weight = 2
      \(integration)
      [integration last]
      webhook_url = http://127.0.0.1/last
      fallback = yes
      \(integration)
      """
  }

  @Test(arguments: ["0", "3/1s", "1/500ms", "1000/24h"])
  func promisesAreKept(breaker: String) throws {
    var generator = SeededGenerator()
    let fixture = try ExchangeFixture(Self.settings(breaker: breaker))
    fixture.backends.script = { _ in Self.act(&generator) }
    // Batches of exchanges that overlap; every fifth shares its conversation with the one before.
    var ends: Set<String> = []
    for batch in 0..<25 {
      for answer in try run(batch: batch, on: fixture) { ends.insert(answer.end) }
    }
    #expect(ends.isSuperset(of: ["reply", "filtered", "failed", "timed out"]))
    #expect(ends.contains("unavailable") == (breaker != "0"))
  }

  /// The result of one exchange.
  private final class Record {
    let conversation: String
    let content: String
    let start: Instant
    var answers: [Answer] = []
    var isGivenUp = false
    weak var exchange: Exchange?

    init(_ conversation: String, _ content: String, at start: Instant) {
      self.conversation = conversation
      self.content = content
      self.start = start
    }
  }

  private func run(batch: Int, on fixture: ExchangeFixture) throws -> [Answer] {
    var generator = SeededGenerator(stream: UInt64(batch + 1))
    var records: [Record] = []
    for number in 0..<1000 {
      let conversation = "c\(batch)-\(number - (number % 5 == 4 ? 1 : 0))"
      let record = Record(conversation, "m\(number)", at: fixture.now)
      records.append(record)
      try admit(record, on: fixture)
      guard number % 20 == 0 else { continue }
      try fixture.advance(.milliseconds(Int.random(in: 0...50, using: &generator)))
    }
    // One in ten of the clients leaves at some time.
    var leaving = records.shuffled(using: &generator)
      .filter { _ in Int.random(in: 0..<10, using: &generator) == 0 }
    let end = fixture.now + Self.deadline + TimeSpan.milliseconds(100)
    while fixture.now < end {
      try fixture.advance(.milliseconds(Int.random(in: 1...60, using: &generator)))
      if let record = leaving.popLast(), record.answers.isEmpty {
        record.isGivenUp = true
        _ = record.exchange?.giveUp()
      }
    }
    #expect(fixture.backends.running.isEmpty)
    try check(records, on: fixture)
    return records.flatMap { $0.answers }
  }

  private func admit(_ record: Record, on fixture: ExchangeFixture) throws {
    let client = FakeClient()
    client.onAnswer = { answer in
      record.answers.append(answer)
      let elapsed = fixture.now - record.start
      #expect(elapsed.milliseconds <= Self.deadline.milliseconds + 100)
      // The turn is there with the answer, and not before.
      let last = fixture.messages(of: record.conversation, turns: 1)
      #expect(last.contains("user: \(record.content)") == answer.isReply)
      if answer.isReply { #expect(last == ["user: \(record.content)", "assistant: hi"]) }
    }
    let exchange = try fixture.exchange(record.content, in: record.conversation, to: client)
    record.exchange = exchange
    try fixture.dispatcher.admit(exchange)
  }

  private func check(_ records: [Record], on fixture: ExchangeFixture) throws {
    for record in records {
      // Exactly one answer, or none for a client that has left, and nothing of it remains.
      #expect(record.answers.count == (record.isGivenUp ? 0 : 1))
      #expect(record.exchange == nil)
      for answer in record.answers { check(answer) }
      let isKept = fixture.messages(of: record.conversation).contains("user: \(record.content)")
      #expect(isKept == (record.answers.first?.isReply ?? false))
    }
  }

  private func check(_ answer: Answer) {
    let tried = answer.attempts.map { text($0.integration) }
    guard !tried.isEmpty else {
      // It waited for another message of its conversation until its deadline.
      guard case .failed(timedOut: true) = answer.content else {
        Issue.record("an answer without an attempt")
        return
      }
      return
    }
    // One of the two that are drawn, up to three times, then the fallback, up to three times.
    let drawn = tried.first ?? ""
    #expect(["one", "two"].contains(drawn))
    let rest = tried.drop { $0 == drawn }
    #expect(rest.allSatisfy { $0 == "last" })
    // A context that is too long is sent again, shorter: of 4 turns 2, 1, none.
    let repairs = answer.attempts.filter { $0.failure == .contextTooLong }.map {
      text($0.integration)
    }
    for id in [drawn, "last"] {
      let shortened = repairs.filter { $0 == id }.count
      #expect(tried.filter { $0 == id }.count - min(shortened, 3) <= 3)
    }
    for (index, attempt) in answer.attempts.enumerated() {
      let isLast = index == answer.attempts.count - 1
      #expect((attempt.outcome == .ok) == (isLast && answer.isReply))
      #expect(attempt.outcome == .ok || !attempt.advice.bytes.isEmpty)
      // Only what is worth another try is repeated.
      if !isLast, tried[index + 1] == tried[index] {
        #expect(
          attempt.failure == .contextTooLong || attempt.failure?.remedy.repetition != .never)
      }
    }
    switch answer.content {
    case .reply: break
    case .contentFiltered: #expect(answer.attempts.last?.failure == .contentFiltered)
    case .unavailable:
      #expect(!answer.attempts.isEmpty)
      #expect(answer.attempts.allSatisfy { $0.outcome == .breakerOpen })
    case .untranslatable: #expect(answer.attempts.allSatisfy { $0.fault != nil })
    case .failed: #expect(answer.attempts.contains { $0.outcome != .breakerOpen })
    }
  }

  private static func act(_ generator: inout SeededGenerator) -> FakeBackends.Act {
    let results: [TransferResult] = [
      .answer(200, #"{"content":"hi"}"#), .answer(200, #"{"content":"hi"}"#),
      .answer(200, #"{"content":""}"#), .answer(200, "<html>"), .answer(302), .answer(400),
      .answer(400, #"{"error":{"code":"context_length_exceeded"}}"#),
      .answer(400, #"{"error":{"code":"content_filter"}}"#), .answer(401), .answer(404),
      .answer(429), .answer(429, retryAfter: .seconds(0)), .answer(429, retryAfter: .seconds(1)),
      .answer(503, retryAfter: .seconds(30)), .answer(500), .answer(529),
      .failure(.nameNotResolved), .failure(.connectFailed), .failure(.handshakeFailed),
      .failure(.certificateNotTrusted), .failure(.interrupted), .failure(.tooLarge),
    ]
    let delay: TimeSpan? =
      switch Int.random(in: 0..<10, using: &generator) {
      case 0: nil
      case 1: .milliseconds(Int.random(in: 0...4000, using: &generator))
      default: .milliseconds(Int.random(in: 0...300, using: &generator))
      }
    return FakeBackends.Act(delay: delay, result: results.randomElement(using: &generator)!)
  }
}

extension Answer {
  fileprivate var isReply: Bool { end == "reply" }

  /// How it ended.
  fileprivate var end: String {
    switch content {
    case .reply: "reply"
    case .contentFiltered: "filtered"
    case .untranslatable: "untranslatable"
    case .failed(let timedOut): timedOut ? "timed out" : "failed"
    case .unavailable: "unavailable"
    }
  }
}
