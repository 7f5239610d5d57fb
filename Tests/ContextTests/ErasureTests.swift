import Bytes
import Testing
import TestSupport

@testable import Context

/// Deleting conversations of a user or of a bot, in steps.
@Suite(.seeded) struct ErasureTests {
  private static let bot = Array("bot".utf8)

  /// Three conversations of `ann`, one of them with `bob`; one of `bob`; one of no user; one of
  /// another bot.
  private static func ring() throws -> TestRing {
    let ring = TestRing(blockSize: 16_384)
    for turn in 0..<3 {
      try ring.append("a1", by: "ann", user: "secret\(turn)", reply: "secret")
      try ring.append("a2", by: turn == 1 ? "ann" : "", user: "secret", reply: "secret")
      try ring.append("both", by: turn == 0 ? "ann" : "bob", user: "secret", reply: "secret")
      try ring.append("b1", by: "bob", user: "kept\(turn)", reply: "r")
      try ring.append("none", user: "kept", reply: "r")
      try ring.append("a1", bot: "other", by: "ann", user: "kept", reply: "r")
    }
    return ring
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let selection: Erasure.Selection
    let deleted: Int
    let left: [String]
    var testDescription: String { "\(selection)" }
  }

  private static let all = ["none:3", "b1:3", "both:3", "a2:3", "a1:3"]

  private static func ofUser(_ id: String, bot: [UInt8] = bot) -> Erasure.Selection {
    .user(Array(id.utf8), bot: bot)
  }

  static let cases = [
    Case(selection: ofUser("ann"), deleted: 3, left: ["none:3", "b1:3"]),
    Case(selection: ofUser("bob"), deleted: 2, left: ["none:3", "a2:3", "a1:3"]),
    Case(selection: ofUser("an"), deleted: 0, left: all),
    Case(selection: ofUser("annn"), deleted: 0, left: all),
    Case(selection: ofUser("ann", bot: Array("nobot".utf8)), deleted: 0, left: all),
    Case(
      selection: .conversation(Array("both".utf8), bot: bot), deleted: 1,
      left: ["none:3", "b1:3", "a2:3", "a1:3"]),
    Case(selection: .bot(bot), deleted: 5, left: []),
    Case(selection: .bot(Array("other".utf8)), deleted: 1, left: all),
  ]

  @Test(arguments: cases)
  func deletesWhatIsMeant(example: Case) throws {
    let ring = try Self.ring()
    let deleted = ring.ring.delete(example.selection)
    #expect(deleted == example.deleted)
    #expect(ring.conversations().0 == example.left)
    let again = ring.ring.delete(example.selection)
    #expect(again == 0)
    let reopened = try ring.reopenedCopy()
    #expect(reopened.conversations().0 == example.left)
    #expect(reopened.ring.recovery.lostTurns == 0)
  }

  /// Each turn of a conversation alone: the newest, one in the middle, the oldest, the only one.
  @Test(arguments: [[2], [1], [0], [1, 2], [0, 1, 2], [2, 0, 1]])
  func deletesOneTurn(turns: [Int]) throws {
    let ring = TestRing(blockSize: 16_384)
    let (bot, conversation) = (Self.bot, Array("a1".utf8))
    for turn in 0..<3 {
      try ring.append("a1", user: "\(turn)", reply: "r")
      try ring.append("a2", user: "other", reply: "r")
    }
    let identity = ConversationIdentity(bot: bot.span, conversation: conversation.span)
    var sequences: [UInt64] = []
    ring.ring.walk(identity) { turn in
      sequences.insert(turn.sequence, at: 0)
      return true
    }
    for turn in turns {
      let wasThere = ring.ring.erase(turn: sequences[turn], of: identity)
      let isThere = ring.ring.erase(turn: sequences[turn], of: identity)
      #expect(wasThere && !isThere)
    }
    let left = (0..<3).filter { !turns.contains($0) }.flatMap { ["u:\($0)", "a:r"] }
    #expect(ring.recall("a1") == left)
    #expect(ring.recall("a2").count == 6)
    let reopened = try ring.reopenedCopy()
    #expect(reopened.recall("a1") == left)
    #expect(reopened.ring.recovery.lostTurns == 0)
  }

  @Test func listsTheConversationsOfAUser() throws {
    let ring = try Self.ring()
    #expect(ring.conversations(with: "ann") == (["both:3", "a2:3", "a1:3"], 3))
    #expect(ring.conversations(with: "ann", from: 1, limit: 1) == (["a2:3"], 3))
    #expect(ring.conversations(with: "bob") == (["b1:3", "both:3"], 2))
    #expect(ring.conversations(with: "b") == ([], 0))
    #expect(ring.conversations(bot: "other", with: "ann") == (["a1:3"], 1))
  }

  @Test func leavesNothingInTheBlock() throws {
    let ring = try Self.ring()
    #expect(ring.block.contains("secret"))
    ring.ring.delete(.user(Array("ann".utf8), bot: Self.bot))
    #expect(!ring.block.contains("secret"))
    ring.ring.delete(.bot(Array("other".utf8)))
    #expect(!ring.block.contains("ann"))
  }

  /// Each step is short, whatever the ring holds: it erases one turn, or searches 64 KiB.
  @Test func stepsAreShort() throws {
    let ring = TestRing(blockSize: 1 << 20)
    for turn in 0..<2000 { try ring.append("c\(turn % 700)", by: "u", user: "m", reply: "r") }
    var erasure = ring.ring.erasure(of: .user(Array("u".utf8), bot: Self.bot))
    var steps = 0
    var turns = ring.ring.statistics.turns
    while ring.ring.advance(&erasure) {
      steps += 1
      #expect(turns - ring.ring.statistics.turns <= 1)
      turns = ring.ring.statistics.turns
    }
    #expect(erasure.conversations == 700)
    #expect(turns == 0)
    #expect(steps < 2000 + 700 + 20)
  }

  /// A conversation that is continued while it is deleted begins again, also after a crash.
  @Test func beginsAgainDuringADeletion() throws {
    let ring = TestRing(blockSize: 16_384)
    for turn in 0..<10 { try ring.append("c", by: "u", user: "secret\(turn)", reply: "secret") }
    var erasure = ring.ring.erasure(of: .conversation(Array("c".utf8), bot: Self.bot))
    for _ in 0..<4 { _ = ring.ring.advance(&erasure) }
    #expect(ring.recall("c") == [])
    #expect(ring.activity("c") == nil)
    #expect(ring.conversations() == ([], 0))
    try ring.append("c", by: "u", user: "again", reply: "r")
    let crashed = try ring.reopenedCopy()
    #expect(crashed.recall("c") == ["u:again", "a:r"])
    #expect(!crashed.block.contains("secret"))
    while ring.ring.advance(&erasure) {}
    #expect(ring.recall("c") == ["u:again", "a:r"])
    #expect(!ring.block.contains("secret"))
  }

  /// After a crash in the middle, each conversation has its oldest turns, whole, or none.
  @Test func isSoundAfterACrashAtAnyStep() throws {
    let all = try Self.ring()
    var erasure = all.ring.erasure(of: .bot(Self.bot))
    var isOver = false
    while !isOver {
      isOver = !all.ring.advance(&erasure)
      let crashed = try all.reopenedCopy()
      #expect(crashed.ring.recovery.lostTurns == 0)
      #expect(crashed.ring.recovery.erasedBytes == 0)
      #expect(crashed.ring.statistics.turns == all.ring.statistics.turns)
      let said = crashed.recall("a1").filter { $0.hasPrefix("u:") }
      #expect(said == (0..<said.count).map { "u:secret\($0)" })
      #expect(crashed.recall("a1", bot: "other").count == 6)
    }
    #expect(all.conversations() == ([], 0))
  }

  /// Turns that are overwritten meanwhile end the deletion of their conversation.
  @Test func endsWhereTheRingHasOverwritten() throws {
    let ring = TestRing(blockSize: 4096)
    for turn in 0..<30 { try ring.append("c", by: "u", user: "secret\(turn)", reply: "r") }
    var erasure = ring.ring.erasure(of: .user(Array("u".utf8), bot: Self.bot))
    for _ in 0..<5 { _ = ring.ring.advance(&erasure) }
    for turn in 0..<40 { try ring.append("new", by: "u", user: "\(turn)", reply: "r") }
    while ring.ring.advance(&erasure) {}
    #expect(!ring.block.contains("secret"))
    #expect(ring.conversations() == (["new:31"], 1))
    #expect(erasure.conversations == 1)
  }
}
