import Backends
import Bytes
import Configuration
import Platform
import Protocols
import Testing
import TestSupport

@testable import Exchange

@Suite struct IdempotencyTableTests {
  private let start = Instant(nanoseconds: 1_000_000_000)
  private var table = IdempotencyTable(memory: 4096, hashKey: SipHash.Key(1, 2))
  private let integration: IntegrationSettings

  init() throws {
    integration = try configuration("").integrations[0]
  }

  @Test mutating func remembersAnAnswerForTenMinutes() {
    answer("k", "body", "reply")
    #expect(match("k", "body") == "reply")
    #expect(match("k", "body", at: 599) == "reply")
    #expect(match("k", "body", at: 600) == "first")
  }

  @Test mutating func tellsBodiesApart() {
    answer("k", "body", "reply")
    #expect(match("k", "other") == "different")
    #expect(match("l", "body") == "first")
    table.begin(bytes("m"), body: bytes("body"), Delivery())
    #expect(match("m", "other") == "different")
  }

  @Test func tellsBotsAndCallersApart() throws {
    let sections = ["ann", "bob"].map { "[key \($0)]\nsecret = secret-of-\($0)\n" }
    let keys = try configuration(sections.joined()).keys
    let names = [
      IdempotencyTable.name(of: bytes("k"), from: keys[0], for: bytes("b")),
      IdempotencyTable.name(of: bytes("k"), from: keys[0], for: bytes("c")),
      IdempotencyTable.name(of: bytes("k"), from: keys[1], for: bytes("b")),
      IdempotencyTable.name(of: bytes("k"), from: nil, for: bytes("b")),
      IdempotencyTable.name(of: bytes("l"), from: keys[0], for: bytes("b")),
    ]
    #expect(Set(names).count == 5)
    #expect(!text(names[0]).contains("secret"))
  }

  @Test mutating func leadsToTheAnswerUnderWay() {
    let delivery = Delivery()
    table.begin(bytes("k"), body: bytes("body"), delivery)
    guard case .underWay(let found) = table.match(bytes("k"), body: bytes("body"), at: start)
    else {
      Issue.record("the first is under way")
      return
    }
    #expect(found === delivery)
  }

  @Test mutating func forgetsWhatFailed() {
    table.begin(bytes("k"), body: bytes("body"), Delivery())
    table.drop(bytes("k"))
    #expect(match("k", "body") == "first")
    #expect(match("k", "other") == "first")
  }

  @Test mutating func forgetsTheOldestWhereMemoryIsShort() {
    let reply = String(repeating: "x", count: 1024 - 512 - 2 - 4)
    for number in 0..<10_000 {
      answer("k\(number % 10)", "body", reply)
      for back in 1..<4 where number >= back {
        #expect(match("k\((number - back) % 10)", "body") == reply)
      }
      if number >= 4 { #expect(match("k\((number - 4) % 10)", "body") == "first") }
    }
  }

  /// An answer larger than the whole memory is sent, and not kept.
  @Test mutating func keepsNothingThatDoesNotFit() {
    answer("k", "body", String(repeating: "x", count: 5000))
    #expect(match("k", "body") == "first")
  }

  private mutating func answer(_ key: String, _ body: String, _ reply: String) {
    table.begin(bytes(key), body: bytes(body), Delivery())
    let answer = Answer(
      content: .reply(Reply(echoing: bytes(reply).span), by: integration), identifier: [],
      conversation: [], attempts: [], time: .now)
    table.complete(bytes(key), with: answer, at: start)
  }

  private mutating func match(_ key: String, _ body: String, at seconds: Int = 0) -> String {
    switch table.match(bytes(key), body: bytes(body), at: start + .seconds(seconds)) {
    case .first: "first"
    case .answered(let answer):
      if case .reply(let reply, _) = answer.content { text(reply.content) } else { "" }
    case .underWay: "under way"
    case .different: "different"
    }
  }
}
