import Bytes
import Testing
import TestSupport

@testable import Context

/// Blocks after crashes, after power cuts, and of unknown origin.
@Suite(.seeded) struct CrashTests {
  /// How much of an append reached the block.
  enum Tear: CaseIterable {
    /// The bytes up to some place, as if the process is killed.
    case prefix
    /// Any of its cells, as if the power fails between pages; cells are harder than pages.
    case cells
    /// All but one cell.
    case allButOne
  }

  /// An append that is cut off costs its own turn and those that it overwrites, and no other.
  @Test(arguments: Tear.allCases) func losesAtMostTheTornTurn(tear: Tear) throws {
    for seed in 0..<(isLongRun ? 20_000 : 60) as Range<UInt64> {
      var walker = RingWalker(blockSize: 4096 + Int(seed % 64) * 8, conversations: 5, seed: seed)
      let count = Int(seed % 50)
      for _ in 0..<count { walker.step(sizes: [1...40, 1...600], deletions: 20) }
      let before = walker
      let blockBefore = Memory(copying: walker.subject.block)
      walker.append(to: 0, size: Int(seed % 900) + 1)
      let torn = Memory(copying: walker.subject.block)
      var random = SeededGenerator(stream: seed)
      let changed = (0..<torn.bytes.count / 8).filter {
        torn.cell($0) != blockBefore.cell($0)
      }
      let place = changed.randomElement(using: &random)!
      let lost =
        switch tear {
        case .prefix: changed.filter { $0 >= place }
        case .cells: [place] + changed.filter { _ in Bool.random(using: &random) }
        case .allButOne: [place]
        }
      for cell in lost {
        for byte in cell * 8..<cell * 8 + 8 { torn[byte] = blockBefore[byte] }
      }
      try walker.compareTorn(TestRing(reopening: torn), before: before.model)
    }
  }

  /// Deleted turns that a power cut brings back do not join the conversation that began again under
  /// their name.
  @Test func finishesADeletionThatWasLost() throws {
    let ring = TestRing(blockSize: 8192)
    try ring.append("other", user: "1", reply: "2")
    for turn in 0..<3 { try ring.append("c", user: "secret\(turn)", reply: "secret") }
    let before = Memory(copying: ring.block)
    #expect(ring.delete("c"))
    try ring.append("c", user: "u", reply: "r")
    // The deleted turns' cells as they were, the rest as it is now.
    for byte in 64 + 128..<64 + 4 * 128 { ring.block[byte] = before[byte] }
    let reopened = try ring.reopenedCopy()
    #expect(reopened.recall("c") == ["u:u", "a:r"])
    #expect(reopened.recall("other") == ["u:1", "a:2"])
    #expect(!reopened.block.contains("secret"))
    #expect(reopened.ring.statistics.turns == 2)
  }

  /// A message cannot contain what the scan looks for after damage.
  @Test func marksRecordsWithWhatIsNoText() {
    let marker = withUnsafeBytes(of: RingRecord.marker) { Array($0) }
    #expect(marker.span.firstInvalidUTF8() == 0)
    #expect(marker.span.firstInvalidUTF8(from: 1) == 1)
  }

  /// The ring works on any bytes between its headers: records with any fields under correct
  /// checksums, records that overlap, and noise.
  @Test func livesWithAnyBytes() throws {
    for seed in 0..<(isLongRun ? 50_000 : 150) as Range<UInt64> {
      var random = SeededGenerator(stream: seed)
      let ring = TestRing(blockSize: 4096 + Int.random(in: 0..<4096, using: &random))
      let size = ring.block.bytes.count
      for _ in 0..<Int.random(in: 0...60, using: &random) {
        plant(in: ring, using: &random)
      }
      for _ in 0..<Int.random(in: 0...60, using: &random) {
        ring.block[Int.random(in: 64..<size - 72, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      let reopened = try ring.reopenedCopy()
      exercise(reopened)
      let again = try reopened.reopenedCopy()
      #expect(again.ring.recovery.erasedBytes == 0)
      #expect(again.ring.recovery.turns == reopened.ring.statistics.turns)
    }
  }

  /// Writes a record somewhere, with fields that are each plausible.
  private func plant(in ring: TestRing, using random: inout SeededGenerator) {
    let cells = ring.ring.layout.cells
    let cell = UInt64.random(in: 0..<cells, using: &random)
    let laps: [UInt64] = [0, 1, 1, 2, 2, 3, .max / cells - 1]
    let position = laps.randomElement(using: &random)! * cells + cell
    let previous = [0, position, cells, UInt64.random(in: 0..<4 * cells, using: &random), .max]
    let text = [UInt8](repeating: 120, count: Int.random(in: 0...200, using: &random))
    let length = RingRecord.length(forText: text.count + 7)
    let offset = 64 + Int(cell) * 8
    guard offset + length <= ring.block.bytes.count else { return }
    let bot = Array("bot".utf8)
    let conversation = Array(["c1", "c2", "c3"].randomElement(using: &random)!.utf8)
    let identity = ConversationIdentity(bot: bot.span, conversation: conversation.span)
    RingRecord(storage: ring.ring.storage, offset: offset).write(
      length: length, position: position, previous: previous.randomElement(using: &random)!,
      hash: ring.ring.conversationHash(identity), time: .min, seed: ring.ring.seed,
      identity: identity, integration: [UInt8]("g".utf8).span, userID: [UInt8]("u".utf8).span,
      user: text.span, reply: [UInt8]().span)
  }

  /// Calls everything that a ring can do.
  private func exercise(_ ring: TestRing) {
    let statistics = ring.ring.statistics
    #expect(statistics.conversations <= 3)
    #expect(statistics.usedBytes <= statistics.capacity)
    var turns = 0
    for name in ["c1", "c2", "c3"] {
      _ = ring.recall(name)
      turns += ring.activity(name)?.turns ?? 0
    }
    #expect(turns == statistics.turns)
    #expect(ring.conversations().1 == statistics.conversations)
    #expect(ring.delete("c1") || ring.recall("c1").isEmpty)
    for turn in 0..<60 {
      do throws(ContextError) {
        try ring.append("c\(turn % 5)", user: "\(turn)", reply: "r")
      } catch {
        Issue.record("no room for a small turn")
      }
    }
    #expect(ring.recall("c4", turns: 1) == ["u:59", "a:r"])
  }
}
