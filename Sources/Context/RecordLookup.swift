/// Finding records: by conversation, along a conversation, and from the oldest to the newest.
extension ContextRing {
  /// The record at a position.
  @inline(__always)
  func record(at position: UInt64) -> RingRecord {
    RingRecord(storage: storage, offset: layout.offset(of: position))
  }

  /// The record that begins at a cell of the block.
  @inline(__always)
  func record(inCell cell: Int) -> RingRecord {
    RingRecord(storage: storage, offset: cell * RingLayout.cell)
  }

  /// The slot of a conversation in the index; `nil` if it has no turns.
  @inline(__always)
  func slot(of identity: borrowing ConversationIdentity, hash: UInt64) -> Int? {
    index.slot(for: hash) { record(inCell: $0).belongs(to: identity, hash: hash) }
  }

  /// The newest turn of a conversation; `nil` if it has none.
  func newest(of identity: borrowing ConversationIdentity) -> RingRecord? {
    guard let slot = slot(of: identity, hash: conversationHash(identity)) else { return nil }
    return record(inCell: index.cell(in: slot))
  }

  /// The turn before this one in its conversation; `nil` if it was overwritten.
  @inline(__always)
  func previous(of record: RingRecord) -> RingRecord? {
    let position = record.previous
    return position >= tail ? self.record(at: position) : nil
  }

  /// Puts up to `count` turns of a conversation on an empty page, from the newest back.
  ///
  /// The `skipped` newest are left out. O(number of turns passed).
  func fill(
    _ page: inout HistoryPage, endingAt newest: RingRecord?, skipping skipped: Int, count: Int
  ) {
    var next = newest
    var skipped = skipped
    while let record = next, page.count < count {
      if skipped > 0 { skipped -= 1 } else { page.append(record) }
      next = previous(of: record)
    }
  }

  /// The position of the first record in `position..<end`, which is at most one lap.
  ///
  /// `nil` if there is none. O(cells between).
  func firstRecord(from position: UInt64, before end: UInt64) -> UInt64? {
    var next = position
    while next < end {
      let run = min(end - next, layout.cellsToEndOfLap(from: next))
      let offset = layout.offset(of: next)
      if let found = storage.firstNonzeroWord(at: offset, count: Int(run) * RingLayout.cell) {
        return next + UInt64((found - offset) / RingLayout.cell)
      }
      next += run
    }
    return nil
  }
}
