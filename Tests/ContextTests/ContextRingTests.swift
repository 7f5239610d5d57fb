import Testing

@testable import Context

@Suite struct ContextRingTests {
  @Test(arguments: [
    (0, []), (1, ["u:3", "a:4"]), (2, ["u:1", "a:2", "u:3", "a:4"]),
    (100, ["u:1", "a:2", "u:3", "a:4"]),
  ])
  func recallsTheNewestTurns(turns: Int, expected: [String]) throws {
    let ring = TestRing(blockSize: 4096)
    try ring.append("c", user: "1", reply: "2")
    try ring.append("other", user: "5", reply: "6")
    try ring.append("c", user: "3", reply: "4")
    #expect(ring.recall("c", turns: turns) == expected)
  }

  @Test func recallsTheWidestWindow() throws {
    let ring = TestRing(blockSize: 1 << 20)
    for turn in 0..<150 { try ring.append("c", user: "\(turn)", reply: "r\(turn)") }
    let all = (0..<150).flatMap { ["u:\($0)", "a:r\($0)"] }
    #expect(ring.recall("c", turns: 100) == all.suffix(200))
    #expect(ring.recall("c", turns: 99) == all.suffix(198))
  }

  @Test func countsTheNewestTurnsThatFit() throws {
    let ring = TestRing(blockSize: 4096)
    for turn in 1...5 { try ring.append("c", user: "\(turn)", reply: "r") }
    for limit in 0...6 {
      var asked: [String] = []
      let identity = ConversationIdentity(
        bot: Array("bot".utf8).span, conversation: Array("c".utf8).span)
      let (fitting, all) = ring.ring.count(of: identity, turns: 4) { user, _ in
        asked.append(String(decoding: user.copied, as: UTF8.self))
        return asked.count <= limit
      }
      #expect(fitting == min(limit, 4) && all == 4)
      #expect(asked == Array(["5", "4", "3", "2"].prefix(limit + 1)))
    }
  }

  @Test func keepsBotsAndConversationsApart() throws {
    let ring = TestRing(blockSize: 4096)
    try ring.append("c", bot: "ab", user: "1", reply: "2")
    try ring.append("bc", bot: "a", user: "3", reply: "4")
    try ring.append("c", bot: "a", user: "5", reply: "6")
    #expect(ring.recall("c", bot: "ab") == ["u:1", "a:2"])
    #expect(ring.recall("bc", bot: "a") == ["u:3", "a:4"])
    #expect(ring.recall("c", bot: "a") == ["u:5", "a:6"])
    #expect(ring.recall("abc", bot: "a") == [])
    #expect(ring.conversations(bot: "a") == (["c:1", "bc:1"], 2))
    #expect(ring.conversations(bot: "b") == ([], 0))
  }

  /// Every turn comes back byte for byte.
  @Test func keepsBytes() throws {
    let ring = TestRing(blockSize: 4096)
    let parts = #"[{"type":"text","text":"a\u0000ü"}, {"n": 1.10e+400}]"#
    try ring.append("c", user: parts, reply: "\u{1}\n\u{10FFFF}")
    #expect(ring.recall("c") == ["u:" + parts, "a:\u{1}\n\u{10FFFF}"])
  }

  @Test func takesATurnAsLargeAsItself() throws {
    let ring = TestRing(blockSize: 4096)
    try ring.append("old", user: "1", reply: "2")
    let room = ring.ring.statistics.capacity - 64 - "botcecho".count
    let largest = String(repeating: "x", count: room)
    try ring.append("c", user: largest, reply: "")
    #expect(ring.recall("c") == ["u:" + largest, "a:"])
    #expect(ring.recall("old") == [])
    #expect(ring.ring.statistics.usedBytes == ring.ring.statistics.capacity)

    let error = ContextError.turnTooLarge(needed: 3976, limit: 3968)
    #expect(throws: error) { try ring.append("d", user: largest, reply: "x") }
    #expect(ring.recall("c") == ["u:" + largest, "a:"])
    #expect(ring.recall("d") == [])
    #expect(ring.activity("d") == nil)
    #expect(
      error.message
        == "the turn needs 3976 bytes of context, more than the 3968 that [context] memory allows")
  }

  @Test func overwritesTheOldestTurnFirst() throws {
    let ring = TestRing(blockSize: 4096)
    for turn in 0..<31 { try ring.append("c\(turn)", user: "u", reply: "r", at: Int64(turn)) }
    #expect(ring.conversations().1 == 31)
    #expect(ring.ring.statistics.overwritten == 0)
    try ring.append("c0", user: "v", reply: "s", at: 99)
    #expect(ring.recall("c0") == ["u:v", "a:s"])
    #expect(ring.activity("c0") == ConversationActivity(turns: 1, oldest: 99, newest: 99))
    #expect(ring.conversations().1 == 31)
    try ring.append("new", user: "u", reply: "r")
    #expect(ring.recall("c1") == [])
    #expect(ring.ring.statistics.overwritten == 2)
  }

  @Test func listsTheLatestFirst() throws {
    let ring = TestRing(blockSize: 8192)
    for name in ["a", "b", "c", "a", "d", "b", "a"] { try ring.append(name, user: "u", reply: "r") }
    #expect(ring.conversations() == (["a:3", "b:2", "d:1", "c:1"], 4))
    #expect(ring.conversations(from: 1, limit: 2) == (["b:2", "d:1"], 4))
    #expect(ring.conversations(from: 3, limit: 2) == (["c:1"], 4))
    #expect(ring.conversations(from: 4, limit: 2) == ([], 4))
    #expect(ring.conversations(from: .max, limit: 100) == ([], 4))
    #expect(ring.conversations(from: 0, limit: 0) == ([], 4))
  }

  @Test func forgetsWhatIsDeleted() throws {
    let ring = TestRing(blockSize: 8192)
    for turn in 0..<5 {
      try ring.append("secret-id", user: "secret-\(turn)", reply: "secret", integration: "secret-i")
      try ring.append("kept", user: "\(turn)", reply: "r")
    }
    #expect(ring.block.contains("secret"))
    #expect(ring.delete("secret-id"))
    #expect(!ring.block.contains("secret"))
    #expect(!ring.delete("secret-id"))
    #expect(!ring.delete("never"))
    #expect(ring.recall("secret-id") == [])
    #expect(ring.recall("kept").count == 10)
    #expect(ring.conversations() == (["kept:5"], 1))

    try ring.append("secret-id", user: "again", reply: "r")
    #expect(ring.recall("secret-id") == ["u:again", "a:r"])
  }

  /// No part of an overwritten turn stays, so that deletion finds everything.
  @Test func leavesNothingOfOverwrittenTurns() throws {
    let ring = TestRing(blockSize: 4096)
    try ring.append("c", user: String(repeating: "secret", count: 300), reply: "r")
    try ring.append("c", user: String(repeating: "secret", count: 200), reply: "r")
    try ring.append("d", user: String(repeating: "x", count: 1000), reply: "r")
    #expect(ring.delete("c"))
    #expect(!ring.block.contains("secret"))
  }

  @Test func sequencesRise() throws {
    let ring = TestRing(blockSize: 4096)
    var last: UInt64 = 0
    for turn in 0..<100 {
      let sequence = try ring.append("c\(turn % 3)", user: "\(turn)", reply: "r")
      #expect(sequence > last)
      last = sequence
    }
    let reopened = try ring.reopenedCopy()
    #expect(try reopened.append("c", user: "u", reply: "r") > last)
  }

  @Test func needsATwelfthOfItsSizeForTheIndex() {
    for size in [4096, 4 << 20, 64 << 20, 4 << 30] {
      let index = ContextRing.indexSize(forBlockOf: size)
      #expect(index <= size / 12)
      #expect(index > size / 12 - 100)
    }
  }
}
