/// How much room there is, and how it is made: results need it more than messages do.
extension OutboxTable {
  /// A part of the room, 1 of this many pieces, that only results may take.
  private static let reserve = 16
  /// How many pieces a result may take that its message does not.
  private static let growth = 2

  /// How many bytes are used.
  package var usedBytes: Int {
    var count = records.capacity - records.free
    for entry in expired { count -= pieceCount(of: entry) }
    return count * OutboxRecords.piece
  }

  /// How many bytes there are.
  package var capacityBytes: Int { records.capacity * OutboxRecords.piece }

  /// The most bytes that a record of a message or of a result may have.
  package var longestRecord: Int {
    records.capacity / 4 * (OutboxRecords.piece - OutboxRecords.head)
  }

  /// How many pieces messages do not take, because results need them.
  var kept: Int {
    records.capacity / Self.reserve + Self.growth * (openCount + 1)
  }

  /// Makes room for the next messages before it is needed: what is dropped gives its room back after some flushes.
  /// Returns whether flushes would make room that is short.
  package func makeRoomAhead() -> Bool {
    let step = records.capacity / Self.reserve
    guard defersErasure, records.free < kept + step else { return false }
    if coming < kept + step { drop(untilFree: kept + 2 * step) }
    return hasRetired
  }

  func makeRoom(_ needed: Int) -> Bool {
    if records.free < needed { drop(untilFree: needed) }
    return records.free >= needed
  }

  /// Drops what has expired and then what has been handed over, the oldest first, until as many pieces are free or become
  /// free.
  private func drop(untilFree needed: Int) {
    eraseExpired()
    var coming = coming
    if coming >= needed { return }
    let old = entries.values.filter { $0.isHandedOver }.sorted { $0.settled < $1.settled }
    for entry in old where coming < needed {
      coming += pieceCount(of: entry)
      remove(entry)
    }
  }

  /// How many pieces the records of an entry take.
  private func pieceCount(of entry: OutboxEntry) -> Int {
    var count = 0
    for place in [entry.message, entry.result, entry.progress] where place != 0 {
      count += records.pieceCount(at: place)
    }
    return count
  }

  /// How many pieces are free, or become free with the next flushes.
  private var coming: Int {
    var count = records.free
    for record in retired { count += records.pieceCount(at: record.place) }
    return count
  }
}
