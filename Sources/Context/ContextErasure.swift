import Bytes

/// Deleting conversations: neither their text nor their ids are left in the block.
///
/// A conversation leaves the index first, so it is gone for readers at once, and a message to it
/// begins it again. Then its turns are erased, from the newest to the oldest. A process that is
/// killed in between leaves its oldest turns, whole and linked.
extension ContextRing {
  /// The most cells that one step searches: 64 KiB.
  private static var stride: UInt64 { 8192 }

  /// A deletion that has not begun.
  public func erasure(of selection: Erasure.Selection) -> Erasure {
    Erasure(selection: selection, next: tail, end: head)
  }

  /// Does one step of a deletion: looks at one turn, or erases one. O(its bytes).
  ///
  /// Reports its changes at the latest when it returns `false`; ``reportChanges()`` does so before.
  ///
  /// - Returns: Whether there is more to do.
  public mutating func advance(_ erasure: inout Erasure) -> Bool {
    // A turn before the tail was overwritten, and so were all before it.
    if erasure.turn >= tail {
      let record = record(at: erasure.turn)
      erasure.turn = record.previous
      erase(record)
      return true
    }
    erasure.turn = 0
    erasure.next = max(erasure.next, tail)
    guard erasure.next < erasure.end else {
      reportChanges()
      return false
    }
    switch erasure.selection {
    case .conversation(let id, let bot):
      erasure.next = erasure.end
      unlink(ConversationIdentity(bot: bot.span, conversation: id.span), for: &erasure)
    case .user(let id, let bot):
      search(for: &erasure) { $0.bot.equals(bot.span) && $0.userID.equals(id.span) }
    case .bot(let bot):
      search(for: &erasure) { $0.bot.equals(bot.span) }
    }
    return true
  }

  /// Goes to the next turn within reach, and begins with its conversation if that is meant.
  private mutating func search(for erasure: inout Erasure, where isMeant: (RingRecord) -> Bool) {
    let limit = min(erasure.next + Self.stride, erasure.end)
    guard let position = firstRecord(from: erasure.next, before: limit) else {
      erasure.next = limit
      return
    }
    let record = record(at: position)
    erasure.next = position + record.cells
    guard isMeant(record) else { return }
    unlink(
      ConversationIdentity(bot: record.bot, conversation: record.conversation), for: &erasure)
  }

  /// Takes a conversation out of the index, and notes its newest turn as the one to erase next.
  private mutating func unlink(
    _ identity: borrowing ConversationIdentity, for erasure: inout Erasure
  ) {
    guard let slot = slot(of: identity, hash: conversationHash(identity)) else { return }
    erasure.turn = record(inCell: index.cell(in: slot)).position
    erasure.conversations += 1
    index.remove(slot)
  }

  /// Erases one turn of a conversation. Returns whether it was there. O(turns after it).
  public mutating func erase(
    turn sequence: UInt64, of identity: borrowing ConversationIdentity
  ) -> Bool {
    guard let slot = slot(of: identity, hash: conversationHash(identity)) else { return false }
    var next: RingRecord? = record(inCell: index.cell(in: slot))
    var later: RingRecord?
    while let record = next, record.position > sequence {
      later = record
      next = previous(of: record)
    }
    guard let record = next, record.position == sequence else { return false }
    if let later {
      later.relink(to: record.previous, seed: seed)
      note(later.offset, count: RingRecord.header)
    } else if let previous = previous(of: record) {
      index.update(slot, cell: previous.offset / RingLayout.cell)
    }
    erase(record)
    reportChanges()
    return true
  }

  /// Erases the turns of a conversation, from the newest to the oldest.
  mutating func eraseChain(endingAt newest: RingRecord) {
    var next: RingRecord? = newest
    while let record = next {
      next = previous(of: record)
      erase(record)
    }
  }
}
