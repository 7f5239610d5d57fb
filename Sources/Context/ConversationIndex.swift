/// Finds the newest turn of a conversation by the conversation's hash.
///
/// It is an open-addressing table with linear probing, of fixed size, in memory of the caller. A
/// slot has 8 bytes. The upper half is that of the hash (the fragment); it also gives the slot's
/// home, so that entries move without a look at the ring. The lower half is the turn's offset in
/// the ring, in cells. No turn is at cell 0, so zero means empty, and untouched memory is an empty
/// table.
///
/// The table has one entry for each conversation with a turn in the ring, and no others; they fill
/// at most three quarters of the slots. When an entry is removed, later ones move back, so there
/// are no tombstones.
struct ConversationIndex {
  /// The size of a slot, in bytes.
  static let slot = 8
  /// The bits of an entry that belong to the hash; the others are the cell.
  private static let fragment: UInt64 = 0xffff_ffff_0000_0000

  private let storage: RingStorage
  private let slots: Int
  /// The number of conversations in the table.
  private(set) var count = 0

  /// The size of a table for this many conversations, in bytes.
  ///
  /// There is a third more slots than conversations. In a full table, a search that succeeds then
  /// looks at 2.5 slots on average, side by side in memory, and one that fails at 8.5 (Knuth,
  /// volume 3, 6.4).
  static func size(forConversations conversations: Int) -> Int {
    (conversations + conversations / 3 + 1) * slot
  }

  /// Makes an empty table in a block of zeros.
  init(_ storage: RingStorage, conversations: Int) {
    precondition(storage.count >= Self.size(forConversations: conversations), "index too small")
    self.storage = storage
    slots = Self.size(forConversations: conversations) / Self.slot
  }

  /// The cell in an entry.
  func cell(in slot: Int) -> Int { Int(entry(slot) & ~Self.fragment) }

  /// The slot of the first entry with this hash's fragment whose cell satisfies `isMeant`.
  ///
  /// O(1) on average.
  @inline(__always)
  func slot(for hash: UInt64, where isMeant: (_ cell: Int) -> Bool) -> Int? {
    var slot = home(hash)
    while true {
      let entry = entry(slot)
      if entry == 0 { return nil }
      if (entry ^ hash) & Self.fragment == 0, isMeant(Int(entry & ~Self.fragment)) { return slot }
      slot = after(slot)
    }
  }

  /// Adds an entry for a conversation that has none.
  mutating func insert(_ hash: UInt64, cell: Int) {
    precondition(count < slots - 1, "index full")
    var slot = home(hash)
    while entry(slot) != 0 { slot = after(slot) }
    set(slot, hash & Self.fragment | UInt64(cell))
    count += 1
  }

  /// Makes an entry lead to another turn of its conversation.
  func update(_ slot: Int, cell: Int) {
    set(slot, entry(slot) & Self.fragment | UInt64(cell))
  }

  /// Removes an entry.
  ///
  /// Later entries that would not be found any more move back, each into the hole that the one
  /// before left.
  mutating func remove(_ slot: Int) {
    var hole = slot
    var next = after(hole)
    while entry(next) != 0 {
      if distance(from: home(entry(next)), to: next) >= distance(from: hole, to: next) {
        set(hole, entry(next))
        hole = next
      }
      next = after(next)
    }
    set(hole, 0)
    count -= 1
  }

  /// The slot where an entry with this fragment belongs: the fragment as a fraction of the table.
  @inline(__always)
  private func home(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: ((hash &>> 32) &* UInt64(truncatingIfNeeded: slots)) &>> 32)
  }

  @inline(__always)
  private func after(_ slot: Int) -> Int { slot + 1 == slots ? 0 : slot + 1 }

  @inline(__always)
  private func distance(from start: Int, to end: Int) -> Int {
    end >= start ? end - start : end - start + slots
  }

  @inline(__always)
  private func entry(_ slot: Int) -> UInt64 { storage.load(at: slot &* Self.slot) }

  @inline(__always)
  private func set(_ slot: Int, _ entry: UInt64) { storage.store(entry, at: slot &* Self.slot) }
}
