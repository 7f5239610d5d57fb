import Backends
import JSON
import Outbox
import Platform
import Protocols
import Storage
import TestSupport
import Testing

@testable import Exchange

/// Messages of the outbox while no integration can be reached, on a clock that the test moves.
@Suite(.seeded) struct OutageTests {
  /// The least that the outbox needs of the API.
  final class Forms: MessageForms {
    let only: Bot

    init(_ bot: Bot) { only = bot }

    func bot(_ id: [UInt8]) -> Bot? { id == only.settings.id ? only : nil }

    func message(in body: [UInt8], conversation: [UInt8]) -> Message? {
      guard let content = (try? JSONDocument(body))?.root["content"] else { return nil }
      return Message(
        .turn(content, in: nil, next: 0), to: nil, conversation: conversation, user: nil,
        userID: nil, metadata: nil, isStreaming: false)
    }

    func data(of answer: Answer, from bot: Bot, showsAttempts: Bool) -> [UInt8] {
      guard case .reply(let reply, _) = answer.content else { return bytes("{}") }
      return bytes(#"{"content":"#) + reply.content + bytes("}")
    }

    func data(
      of failure: WaitingFailure, id: [UInt8], conversation: [UInt8], bot: Bot?
    ) -> [UInt8] { bytes("{}") }
  }

  /// A receiver that cannot be reached for a while.
  final class Phone: Receiver {
    var isReached = false
    var received: [String] = []

    func deliver(_ reply: OutboxReply, then completion: @escaping (DeliveryResult) -> Void) {
      guard isReached else { return completion(.unreachable(reason: "no uplink")) }
      received.append(text(reply.id))
      completion(.delivered)
    }

    func note(isThinking: Bool, for address: [UInt8]) {}
  }

  final class Bench {
    let fixture: ExchangeFixture
    let waiting: WaitingMessages
    let phone = Phone()
    var isUp = false
    private let forms: Forms

    init(_ outbox: String = "") throws {
      fixture = try ExchangeFixture(
        "[integration a]\ntype = custom\nwebhook_url = http://127.0.0.1/a\n" + outbox)
      let services = fixture.dispatcher.services
      let store = try OutboxStore(
        fixture.configuration.outbox, sync: .never, on: fixture.loop, log: services.log,
        random: services.random, worker: BlockingWorker())
      waiting = WaitingMessages(
        fixture.configuration.outbox, in: store, through: fixture.dispatcher)
      forms = Forms(fixture.bot)
      waiting.forms = forms
      waiting.deliveries.register(phone, as: bytes("phone"))
      fixture.backends.script = { [unowned self] _ in
        isUp
          ? FakeBackends.Act(
            delay: .milliseconds(20), result: .answer(200, #"{"content": "Hi!"}"#))
          : FakeBackends.Act(delay: .milliseconds(5), result: .failure(.connectFailed))
      }
    }

    func submit(_ said: String, in conversation: String) throws -> String {
      var submission = Submission(
        bot: fixture.bot.settings.id, conversation: bytes(conversation),
        body: bytes(#"{"content":"\#(said)"}"#), request: bytes("req"))
      submission.receiver = bytes("phone")
      submission.address = bytes(conversation)
      guard case .accepted(let id) = waiting.submit(submission, from: nil) else {
        Issue.record("the message is not accepted")
        return ""
      }
      return text(id)
    }

    func run(seconds: Int) throws {
      for _ in 0..<seconds * 4 { try fixture.advance(.milliseconds(250)) }
    }
  }

  /// An uplink that is down for an hour costs an hour: nothing is lost, order is kept, and all is delivered within 10 s of its
  /// return.
  @Test func anHourOfOutageCostsAnHour() throws {
    for seed in 0..<3 as Range<UInt64> {
      var random = SeededGenerator(stream: seed)
      let bench = try Bench()
      var said: [String: [String]] = [:]
      var ids: [String: [String]] = [:]
      for number in 0..<60 {
        let conversation = "c\(Int.random(in: 0..<5, using: &random))"
        said[conversation, default: []].append("m\(number)")
        ids[conversation, default: []].append(
          try bench.submit("m\(number)", in: conversation))
        try bench.run(seconds: Int.random(in: 0...120, using: &random))
      }
      let asked = bench.fixture.backends.askedCounts["http://127.0.0.1/a"]!
      // A check every 5 s, and a message with its retries every minute.
      #expect(asked < 1500, "seed \(seed)")
      #expect(bench.waiting.store.table.entries.values.allSatisfy { !$0.isFinished })
      bench.isUp = true
      bench.phone.isReached = true
      try bench.run(seconds: 10)
      for (conversation, words) in said {
        let expected = words.flatMap { ["user: \($0)", "assistant: Hi!"] }
        #expect(bench.fixture.messages(of: conversation) == expected, "seed \(seed)")
        let order = bench.phone.received.filter { ids[conversation]!.contains($0) }
        #expect(order == ids[conversation]!, "seed \(seed)")
      }
      #expect(bench.waiting.store.table.entries.values.allSatisfy { $0.isSettled })
    }
  }

  /// Replies wait for their receiver, while the uplink is down on the way back.
  @Test func repliesWaitForTheirReceiver() throws {
    let bench = try Bench()
    bench.isUp = true
    let first = try bench.submit("a", in: "c")
    let second = try bench.submit("b", in: "c")
    try bench.run(seconds: 3600)
    #expect(bench.phone.received.isEmpty)
    bench.phone.isReached = true
    try bench.run(seconds: 10)
    #expect(bench.phone.received == [first, second])
  }

  /// Many messages that expire together do not keep the gateway from other work.
  @Test func manyExpireInSteps() throws {
    let bench = try Bench("[outbox]\nhold = 10m\nkeep = 5m\nsize = 4M\n")
    for number in 0..<1800 { _ = try bench.submit("\(number)", in: "c\(number % 900)") }
    let entries = bench.waiting.store.table.inOrder
    bench.phone.isReached = true
    try bench.run(seconds: 599)
    #expect(entries.allSatisfy { $0.status == .queued })
    var steps = 0
    var failed = 0
    while failed < entries.count, steps < 100 {
      try bench.fixture.advance(.milliseconds(100))
      let now = entries.count { $0.status == .failed }
      #expect(now - failed <= 500)
      if now > failed { steps += 1 }
      failed = now
    }
    #expect(4...20 ~= steps)
    try bench.run(seconds: 400)
    #expect(bench.waiting.store.table.entries.isEmpty)
    #expect(bench.phone.received.count == entries.count)
  }

  /// Nothing waits for longer than `hold`, and nothing is kept for longer than `keep`.
  @Test func whatCannotBeAnsweredExpires() throws {
    let bench = try Bench("[outbox]\nhold = 10m\nkeep = 5m\n")
    _ = try bench.submit("a", in: "c")
    _ = try bench.submit("b", in: "c")
    try bench.run(seconds: 590)
    #expect(bench.waiting.store.table.entries.values.allSatisfy { $0.status == .queued })
    bench.phone.isReached = true
    try bench.run(seconds: 30)
    #expect(bench.waiting.store.table.entries.values.allSatisfy { $0.status == .failed })
    #expect(bench.phone.received.count == 2)
    try bench.run(seconds: 400)
    #expect(bench.waiting.store.table.entries.isEmpty)
    #expect(bench.waiting.store.table.usedBytes == 0)
  }
}
