/// Reading a block in whatever state it was left.
extension ContextRing {
  /// Finds the whole records, erases everything else, and builds the index.
  ///
  /// The time is bounded for any contents, because no byte is part of two text checksums. A header
  /// whose own checksum matches is trusted about the record's length; where no header is sound, the
  /// scan moves on by one cell.
  mutating func rebuild() {
    let end = keepWholeRecords()
    guard end > 0 else { return }
    head = end
    tail = end
    linkRecords(from: end - layout.cells)
    recovery.turns = turns
  }

  /// Erases what is not part of a whole record.
  ///
  /// Returns the position after the newest record, or 0 if there is none.
  private mutating func keepWholeRecords() -> UInt64 {
    // From the first lap to one that no ring reaches, so that adding to a position cannot overflow.
    let positions = layout.cells..<(UInt64(1) << 62)
    var end: UInt64 = 0
    var next = layout.firstCell
    var damage = 0..<0
    while let offset = storage.firstNonzeroWord(at: next, count: layout.endOfCells - next) {
      let record = RingRecord(storage: storage, offset: offset)
      guard record.hasSoundHeader(seed: seed, end: layout.endOfCells), positions ~= record.position
      else {
        discard(at: offset, count: RingLayout.cell)
        next = offset + RingLayout.cell
        countDamage(&damage, next: offset..<next)
        continue
      }
      next = offset + record.length
      if record.hasSoundText(seed: seed) {
        end = max(end, record.position + record.cells)
      } else {
        discard(at: offset, count: record.length)
        countDamage(&damage, next: offset..<next)
      }
    }
    return end
  }

  /// Counts damage. Pieces that may be of one turn are counted as one.
  ///
  /// Pieces side by side are one turn. So are pieces within the smallest length of a turn, because
  /// a turn may have zeros in it.
  private mutating func countDamage(_ damage: inout Range<Int>, next: Range<Int>) {
    if next.lowerBound == damage.upperBound
      || next.lowerBound < damage.lowerBound + RingLayout.minimumRecord && !damage.isEmpty
    {
      damage = damage.lowerBound..<next.upperBound
    } else {
      recovery.damagedTurns += 1
      damage = next
    }
  }

  /// Enters the records of the last lap into the index, oldest first.
  private mutating func linkRecords(from start: UInt64) {
    var next = start
    while let position = firstRecord(from: next, before: head) {
      let record = record(at: position)
      next = position + record.cells
      guard record.position == position else {
        // The record is from an earlier lap: it was overwritten, but a power cut kept that from the
        // file. Or it is not where it was written.
        discard(at: record.offset, count: record.length)
        continue
      }
      if turns == 0 { tail = position }
      link(record)
    }
  }

  /// Enters a record as the newest of its conversation.
  ///
  /// Repairs its link to the turn before it, if that turn was lost.
  private mutating func link(_ record: RingRecord) {
    let identity = ConversationIdentity(bot: record.bot, conversation: record.conversation)
    let cell = record.offset / RingLayout.cell
    let slot = slot(of: identity, hash: record.hash)
    if let slot, record.previous == 0 {
      // The record begins its conversation. The earlier turns were deleted, but a power cut kept
      // that from the file.
      eraseChain(endingAt: self.record(inCell: index.cell(in: slot)))
      index.insert(record.hash, cell: cell)
    } else if let slot {
      let previous = self.record(inCell: index.cell(in: slot)).position
      if record.previous != previous { relink(record, to: previous) }
      index.update(slot, cell: cell)
    } else {
      if record.previous >= tail { relink(record, to: 0) }
      index.insert(record.hash, cell: cell)
    }
    turns += 1
    usedCells += record.cells
  }

  /// Links a record to another turn, because the turn before it is gone.
  private mutating func relink(_ record: RingRecord, to previous: UInt64) {
    record.relink(to: previous, seed: seed)
    note(record.offset, count: RingRecord.header)
    recovery.brokenLinks += 1
  }

  /// Erases what is not a whole turn, and counts its bytes.
  private mutating func discard(at offset: Int, count: Int) {
    note(offset, count: count)
    storage.zero(at: offset, count: count)
    recovery.erasedBytes += count
  }

  /// Rewrites each copy of the header that is damaged, or of an earlier version.
  mutating func mendHeaders(_ header: RingHeader) {
    recovery.isUpgraded = header.version != RingHeader.version
    var header = header
    header.version = RingHeader.version
    for offset in [0, layout.headerCopy] where !header.isIntact(in: storage, at: offset) {
      header.write(to: storage, at: offset)
      note(offset, count: RingLayout.header)
    }
  }
}
