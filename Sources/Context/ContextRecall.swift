/// Reading a conversation.
extension ContextRing {
  /// The most messages that `recall` visits.
  public static var maximumWindow: Int { 200 }

  /// Visits the newest messages of a conversation, oldest first.
  ///
  /// If their number is odd, the first one is a reply. O(`messages`), without allocation.
  ///
  /// - Parameters:
  ///   - messages: How many at most: 0 to ``maximumWindow``.
  ///   - visit: Is called with each message's role and content. The content is lent by the ring.
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
      // If the number is odd, the message of the oldest turn is one too many.
      if 2 * (place + 1) <= messages { visit(.user, record.user) }
      visit(.assistant, record.reply)
    }
  }
}
