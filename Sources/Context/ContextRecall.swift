/// Reading a conversation.
extension ContextRing {
  /// The most messages that can be recalled at once.
  public static var maximumWindow: Int { 200 }

  /// Visits the newest messages of a conversation, oldest first. If their number is odd, they begin
  /// with a reply.
  ///
  /// O(`messages`), without allocation.
  ///
  /// - Parameters:
  ///   - messages: How many at most: 0 to ``maximumWindow``.
  ///   - visit: Is given each message's role and content, which is borrowed from the ring.
  @inline(never)
  public func recall(
    _ identity: borrowing ConversationIdentity, messages: Int,
    visit: (_ role: Role, _ content: Span<UInt8>) -> Void
  ) {
    precondition(0...Self.maximumWindow ~= messages, "a window of impossible size")
    var page = HistoryPage()
    fill(&page, endingAt: newest(of: identity), skipping: 0, count: (messages + 1) / 2)
    for place in stride(from: page.count - 1, through: 0, by: -1) {
      let record = record(inCell: page.cell(place))
      // Of an odd number, the oldest turn's message is the one too many.
      if 2 * (place + 1) <= messages { visit(.user, record.user) }
      visit(.assistant, record.reply)
    }
  }
}
