import Bytes

/// Listing conversations and turns.
extension ContextRing {
  /// The most turns or conversations that one call visits.
  public static var maximumPage: Int { 100 }

  /// What is stored of a conversation; `nil` if nothing is. O(its turns).
  public func activity(of identity: borrowing ConversationIdentity) -> ConversationActivity? {
    newest(of: identity).map { activity(endingAt: $0) }
  }

  /// Visits a page of a conversation's turns, oldest first.
  ///
  /// O(the conversation's turns), without allocation.
  ///
  /// - Parameters:
  ///   - first: The place of the first turn to visit; the oldest turn that is stored is at 0.
  ///   - limit: The most turns to visit: at most ``maximumPage``.
  ///   - visit: Is called with each turn, which the ring lends.
  /// - Returns: The number of turns that are stored.
  @discardableResult
  public func turns(
    of identity: borrowing ConversationIdentity, from first: Int, limit: Int,
    visit: (borrowing Turn) -> Void
  ) -> Int {
    precondition(first >= 0 && 0...Self.maximumPage ~= limit, "a page of impossible size")
    guard let newest = newest(of: identity) else { return 0 }
    let total = activity(endingAt: newest).turns
    let count = min(limit, max(0, total - first))
    var page = HistoryPage()
    fill(&page, endingAt: newest, skipping: max(0, total - first - count), count: count)
    for place in stride(from: page.count - 1, through: 0, by: -1) {
      let record = record(inCell: page.cell(place))
      visit(Turn(record))
    }
    return total
  }

  /// Visits a page of a bot's conversations. The one with the newest turn comes first.
  ///
  /// O(turns in the ring) twice, and O(turns of the conversations visited), without allocation.
  ///
  /// - Parameters:
  ///   - userID: Only the conversations that have a turn of this user; all if it is empty.
  ///   - first: The place of the first conversation to visit; the one with the newest turn is at 0.
  ///   - limit: The most conversations to visit: at most ``maximumPage``.
  ///   - visit: Is called with a conversation's id, which the ring lends, and its activity.
  /// - Returns: The number of the bot's conversations.
  @discardableResult
  public func conversations(
    of bot: Span<UInt8>, with userID: Span<UInt8>, from first: Int, limit: Int,
    visit: (_ conversation: Span<UInt8>, _ activity: ConversationActivity) -> Void
  ) -> Int {
    precondition(first >= 0 && 0...Self.maximumPage ~= limit, "a page of impossible size")
    var total = 0
    forEachConversation(of: bot, with: userID) { _ in total += 1 }
    let count = min(limit, max(0, total - first))
    // The walk starts at the oldest turn of the ring, so the page is filled from its end.
    var unseen = total - first - count
    var page = HistoryPage()
    forEachConversation(of: bot, with: userID) { newest in
      if unseen > 0 { unseen -= 1 } else if page.count < count { page.append(newest) }
    }
    for place in stride(from: page.count - 1, through: 0, by: -1) {
      let newest = record(inCell: page.cell(place))
      visit(newest.conversation, activity(endingAt: newest))
    }
    return total
  }

  /// Whether a bot has any conversation. O(turns in the ring), but it stops at the first.
  public func hasConversations(of bot: Span<UInt8>) -> Bool {
    var next = tail
    while let position = firstRecord(from: next, before: head) {
      let record = record(at: position)
      next = position + record.cells
      if record.bot.equals(bot) { return true }
    }
    return false
  }

  /// Appends the turns of another ring, oldest first, so that the newest stay if not all fit.
  ///
  /// O(size of the other).
  ///
  /// - Returns: The number of turns that are lost, including those that this ring had before.
  mutating func appendTurns(of other: borrowing ContextRing) -> Int {
    var next = other.tail
    var tooLarge = 0
    while let position = other.firstRecord(from: next, before: other.head) {
      let record = other.record(at: position)
      next = position + record.cells
      let identity = ConversationIdentity(bot: record.bot, conversation: record.conversation)
      do throws(ContextError) {
        try append(
          to: identity, user: record.user, reply: record.reply, integration: record.integration,
          userID: record.userID, at: record.time)
      } catch {
        tooLarge += 1
      }
    }
    return tooLarge + Int(clamping: overwritten)
  }

  /// Visits the newest turn of each conversation of a bot, or of those with a turn of one user. The
  /// conversation idle for longest comes first.
  private func forEachConversation(
    of bot: Span<UInt8>, with userID: Span<UInt8>, _ visit: (RingRecord) -> Void
  ) {
    var next = tail
    while let position = firstRecord(from: next, before: head) {
      let record = record(at: position)
      next = position + record.cells
      let cell = record.offset / RingLayout.cell
      if record.bot.equals(bot), index.slot(for: record.hash, where: { $0 == cell }) != nil,
        userID.isEmpty || hasTurn(of: userID, endingAt: record)
      {
        visit(record)
      }
    }
  }

  private func hasTurn(of userID: Span<UInt8>, endingAt newest: RingRecord) -> Bool {
    var next: RingRecord? = newest
    while let record = next {
      if record.userID.equals(userID) { return true }
      next = previous(of: record)
    }
    return false
  }

  private func activity(endingAt newest: RingRecord) -> ConversationActivity {
    var turns = 1
    var oldest = newest
    while let record = previous(of: oldest) {
      oldest = record
      turns += 1
    }
    return ConversationActivity(turns: turns, oldest: oldest.time, newest: newest.time)
  }
}
