/// Finds the newest turn of a conversation by the conversation's hash: an open-addressing table
/// with linear probing, of fixed size, in memory that the caller supplies.
///
/// A slot is 8 bytes: the upper half of the hash (the fragment), which also says where the slot
/// belongs, so that slots are moved without looking at the ring; and the turn's offset in the ring
/// in cells. No turn is at cell 0, hence zero means empty and untouched memory is an empty table.
/// There is an entry for every conversation with a turn in the ring and none besides, at most three
/// quarters of the slots; an entry that goes is closed over by moving later ones back, so there are
/// no tombstones to pile up.
struct ConversationIndex {
  /// The bytes of a slot.
  static let slot = 8
  /// The bits of an entry that are the hash's; the others are the cell.
  private static let fragment: UInt64 = 0xffff_ffff_0000_0000

  private let storage: RingStorage
  private let slots: Int
  /// The number of conversations in the table.
  private(set) var count = 0

  /// The bytes that a table for so many conversations takes: a third more slots than conversations.
  /// Where the table is as full as it can be, finding an entry then takes a look at 2.5 slots, side
  /// by side in memory, and finding that there is none one at 8.5 (Knuth, volume 3, 6.4).
  static func size(forConversations conversations: Int) -> Int {
    (conversations + conversations / 3 + 1) * slot
  }

  /// An empty table over a block of zeros.
  init(_ storage: RingStorage, conversations: Int) {
    precondition(storage.count >= Self.size(forConversations: conversations), "index too small")
    self.storage = storage
    slots = Self.size(forConversations: conversations) / Self.slot
  }

  /// The cell that an entry names.
  func cell(in slot: Int) -> Int { Int(entry(slot) & ~Self.fragment) }

  /// The slot of the first entry with this hash's fragment whose cell is the one meant.
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

  /// Makes an entry name another turn of its conversation.
  func update(_ slot: Int, cell: Int) {
    set(slot, entry(slot) & Self.fragment | UInt64(cell))
  }

  /// Removes an entry. Entries behind it that would no longer be found move back, each into the
  /// hole that the one before left.
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

  /// Where an entry with this fragment belongs: the fragment as a fraction of the table.
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
