/// Storing turns, and making room for them.
extension ContextRing {
  /// The most bytes that the id of a user can have.
  public static var longestUserID: Int { 1024 }

  /// Appends a turn to its conversation, and overwrites the oldest turns of the ring if it needs
  /// room.
  ///
  /// Amortized O(length of the turn), without allocation. If the process is killed in the middle,
  /// this turn is lost, and those that it was about to overwrite.
  ///
  /// - Parameters:
  ///   - user: The content of the user's message: a JSON value.
  ///   - reply: The content of the reply: a JSON value.
  ///   - integration: The id of the integration that replied: at most 255 bytes.
  ///   - userID: The id of the user: at most ``longestUserID`` bytes; empty if there is none.
  ///   - time: In milliseconds since 1970.
  /// - Returns: The turn's sequence number.
  /// - Throws: `turnTooLarge` if the whole ring cannot hold the turn; nothing has changed then.
  @discardableResult
  public mutating func append(
    to identity: borrowing ConversationIdentity, user: Span<UInt8>, reply: Span<UInt8>,
    integration: Span<UInt8>, userID: Span<UInt8>, at time: Int64
  ) throws(ContextError) -> UInt64 {
    precondition(
      integration.count <= 255 && userID.count <= Self.longestUserID, "an id of impossible length")
    let ids =
      identity.bot.count + identity.conversation.count + integration.count + userID.count
    let length = RingRecord.length(forText: ids + user.count + reply.count)
    guard length <= layout.capacity else {
      throw .turnTooLarge(needed: length, limit: layout.capacity)
    }
    let cells = UInt64(length / RingLayout.cell)
    let position = makeRoom(for: cells)
    // The slot is looked up only now, because making room may have removed the last turn of the
    // conversation.
    let hash = conversationHash(identity)
    let slot = slot(of: identity, hash: hash)
    let previous = slot.map { self.record(inCell: index.cell(in: $0)).position }
    let record = RingRecord(storage: storage, offset: layout.offset(of: position))
    record.write(
      length: length, position: position, previous: previous ?? 0, hash: hash, time: time,
      seed: seed, identity: identity, integration: integration, userID: userID, user: user,
      reply: reply)
    note(record.offset, count: length)
    let cell = record.offset / RingLayout.cell
    if let slot { index.update(slot, cell: cell) } else { index.insert(hash, cell: cell) }
    head = position + cells
    turns += 1
    usedCells += cells
    reportChanges()
    return position
  }

  /// Erases the records where the next `cells` cells go, and returns the position of the first.
  ///
  /// That is the head, or the start of the next lap if there is no room before the end.
  private mutating func makeRoom(for cells: UInt64) -> UInt64 {
    let left = layout.cellsToEndOfLap(from: head)
    let start = cells <= left ? head : head + left
    let oldestKept = start + cells - layout.cells
    while tail < oldestKept {
      guard let oldest = firstRecord(from: tail, before: min(oldestKept, head)) else { break }
      let record = record(at: oldest)
      tail = oldest + record.cells
      erase(record)
      overwritten += 1
    }
    tail = max(tail, oldestKept)
    return start
  }

  /// Removes a turn from the ring and the index, and leaves zeros.
  mutating func erase(_ record: RingRecord) {
    let cell = record.offset / RingLayout.cell
    if let newest = index.slot(for: record.hash, where: { $0 == cell }) { index.remove(newest) }
    turns -= 1
    usedCells -= record.cells
    note(record.offset, count: record.length)
    storage.zero(at: record.offset, count: record.length)
  }
}
