import Testing
import TestSupport

@testable import Context

@Suite(.seeded) struct ConversationIndexTests {
  /// An index in memory of its own.
  struct Table {
    let memory: Memory
    var index: ConversationIndex

    init(conversations: Int) {
      memory = Memory(ConversationIndex.size(forConversations: conversations))
      index = ConversationIndex(RingStorage(memory.bytes), conversations: conversations)
    }

    func slot(_ hash: UInt64, _ cell: Int) -> Int? { index.slot(for: hash) { $0 == cell } }
  }

  /// However it was filled, emptied and filled again, the table holds the same as a dictionary.
  /// With fewer bits of the hash, removal has to close longer runs of slots.
  @Test(arguments: [64, 12, 8, 4, 0])
  func equalsADictionary(hashBits: UInt64) {
    let conversations = 60
    var table = Table(conversations: conversations)
    var expected: [Int: UInt64] = [:]
    var random = SeededGenerator(stream: hashBits)
    for step in 0..<20_000 {
      let isFilling = step / 500 % 2 == 0
      if expected.count < conversations, Int.random(in: 0..<4, using: &random) > (isFilling ? 0 : 2)
      {
        let hash = hashBits == 0 ? 0 : random.next() << (64 - hashBits)
        table.index.insert(hash, cell: step + 8)
        expected[step + 8] = hash
      } else if let (cell, hash) = expected.randomElement(using: &random) {
        let slot = table.slot(hash, cell)!
        #expect(table.index.cell(in: slot) == cell)
        if Bool.random(using: &random) {
          table.index.remove(slot)
          expected[cell] = nil
        } else {
          table.index.update(slot, cell: cell + 100_000)
          #expect(table.slot(hash, cell) == nil)
          table.index.update(slot, cell: cell)
        }
      }
      #expect(table.index.count == expected.count)
      if step % 50 == 0 {
        let found = expected.count { table.slot($0.value, $0.key) != nil }
        #expect(found == expected.count)
      }
    }
  }

  /// In a table at its limit entries are still near the place of their hash: a search is short.
  @Test func keepsEntriesNearHome() {
    let conversations = 32_767
    var table = Table(conversations: conversations)
    var random = SeededGenerator(stream: 1)
    for cell in 1...conversations { table.index.insert(random.next(), cell: cell) }

    let slots = table.memory.bytes.count / 8
    #expect(Double(conversations) / Double(slots) < 0.7501)
    var total = 0.0
    var longest = 0.0
    for slot in 0..<slots {
      let entry = table.memory.cell(slot)
      guard entry != 0 else { continue }
      let home = (Double(entry >> 32) / Double(UInt64(1) << 32) * Double(slots)).rounded(.down)
      let distance = Double(slot) - home + (Double(slot) < home ? Double(slots) : 0)
      total += distance
      longest = max(longest, distance)
    }
    // Knuth: (1 / (1 - load) - 1) / 2 = 1.5 on average.
    #expect(abs(total / Double(conversations) - 1.5) < 0.2)
    #expect(longest < 200)
  }
}
