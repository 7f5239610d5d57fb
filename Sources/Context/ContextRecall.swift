import Bytes

/// Reading a conversation.
extension ContextRing {
  /// The most turns that `recall` visits.
  public static var maximumRecall: Int { 100 }

  /// Visits the newest turns of a conversation, oldest first, each one whole. Returns how many there were.
  ///
  /// O(`turns`), without allocation.
  ///
  /// - Parameters:
  ///   - turns: How many at most: 0 to ``maximumRecall``.
  ///   - last: The sequence number of the newest turn that counts; later ones are passed over.
  ///   - visit: Is called with each message's role and content. The content is lent by the ring.
  @inline(never)
  @discardableResult
  public func recall(
    _ identity: borrowing ConversationIdentity, turns: Int, through last: UInt64? = nil,
    visit: (_ role: Role, _ content: Span<UInt8>) -> Void
  ) -> Int {
    let page = newest(turns, of: identity, through: last)
    self.visit(page, visit)
    return page.count
  }

  /// Visits the newest turns of a conversation as `recall` does, if the user's message of each one `isWanted`. Otherwise
  /// it visits none, and returns `nil`.
  @inline(never)
  public func recall(
    _ identity: borrowing ConversationIdentity, turns: Int, through last: UInt64?,
    ifAll isWanted: (_ user: Span<UInt8>) -> Bool,
    visit: (_ role: Role, _ content: Span<UInt8>) -> Void
  ) -> Int? {
    let page = newest(turns, of: identity, through: last)
    for place in 0..<page.count where !isWanted(record(inCell: page.cell(place)).user) {
      return nil
    }
    self.visit(page, visit)
    return page.count
  }

  @inline(never)
  private func visit(_ page: borrowing HistoryPage, _ visit: (Role, Span<UInt8>) -> Void) {
    for place in stride(from: page.count - 1, through: 0, by: -1) {
      let record = record(inCell: page.cell(place))
      visit(.user, record.user)
      visit(.assistant, record.reply)
    }
  }

  /// How many of the newest turns of a conversation fit, and how many there are. O(`turns`), without allocation.
  ///
  /// - Parameters:
  ///   - turns: How many at most: 0 to ``maximumRecall``.
  ///   - fits: Is asked about each turn, the newest first, until it returns `false`: that turn and the older ones do
  ///     not fit. The contents are lent by the ring.
  @inline(never)
  public func count(
    of identity: borrowing ConversationIdentity, turns: Int, through last: UInt64? = nil,
    fits: (_ user: Span<UInt8>, _ reply: Span<UInt8>) -> Bool
  ) -> (fitting: Int, all: Int) {
    let page = newest(turns, of: identity, through: last)
    for place in 0..<page.count {
      let record = record(inCell: page.cell(place))
      if !fits(record.user, record.reply) { return (place, page.count) }
    }
    return (page.count, page.count)
  }

  /// Whether one of the newest turns of a conversation was stored with this time, in milliseconds since 1970, and this
  /// message of the user's. O(``maximumRecall``).
  @inline(never)
  public func hasTurn(
    of identity: borrowing ConversationIdentity, at time: Int64, user: Span<UInt8>
  ) -> Bool {
    let page = newest(Self.maximumRecall, of: identity, through: nil)
    for place in 0..<page.count {
      let record = record(inCell: page.cell(place))
      if record.time == time, record.user.equals(user) { return true }
    }
    return false
  }

  private func newest(
    _ turns: Int, of identity: borrowing ConversationIdentity, through last: UInt64?
  ) -> HistoryPage {
    precondition(0...Self.maximumRecall ~= turns, "more turns than a page has")
    var page = HistoryPage()
    var newest = newest(of: identity)
    if let last {
      while let record = newest, record.position > last { newest = previous(of: record) }
    }
    fill(&page, endingAt: newest, skipping: 0, count: turns)
    return page
  }

  /// Visits the turns of a conversation from the newest back, until `visit` returns `false`. O(turns visited).
  public func walk(
    _ identity: borrowing ConversationIdentity, visit: (borrowing Turn) -> Bool
  ) {
    var next = newest(of: identity)
    while let record = next, visit(Turn(record)) { next = previous(of: record) }
  }
}
