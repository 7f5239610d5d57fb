import Bytes
import Glibc
import Testing
import TestSupport

@testable import Context

/// A ring and its model after the same random operations, compared.
struct RingWalker {
  /// The contents of turns: any bytes, because the ring does not read them.
  private static let pool: [UInt8] = {
    var random = SeededGenerator(fixed: 7)
    return (0..<1 << 17).map { _ in UInt8.random(in: 0...255, using: &random) }
  }()

  private(set) var subject: TestRing
  private(set) var model: NaiveContext
  private(set) var random: SeededGenerator
  private let names: [(bot: [UInt8], conversation: [UInt8])]
  private let bots: [[UInt8]]
  /// No user, and users with ids of every kind.
  private static let users: [[UInt8]] = [
    [], Array("user_1".utf8), Array("user_10".utf8), Array("b".utf8), [0, 0xff, 0x20],
    Array(repeating: 0x7b, count: 257),
  ]
  private var time: Int64 = 1_700_000_000_000

  init(blockSize: Int, conversations: Int, seed: UInt64, hashMask: UInt64 = .max) {
    subject = TestRing(blockSize: blockSize, hashMask: hashMask)
    model = NaiveContext(cells: (blockSize - 128) / 8, conversations: conversations)
    random = SeededGenerator(stream: seed)
    bots = [Array("b".utf8), Array("support".utf8), Array("sales-2".utf8)]
    // One id under several bots, and ids of every length.
    names = (0..<conversations).map { number in
      let id = number / 3
      let filler = String(repeating: "x", count: id % 5 == 0 ? 0 : id * 7 % 120)
      return (
        ["b", "support", "sales-2"].map { Array($0.utf8) }[number % 3], Array("\(id)\(filler)".utf8)
      )
    }
  }

  /// One turn of a size drawn from `sizes`, or sometimes a deletion.
  mutating func step(sizes: [ClosedRange<Int>], deletions: Int) {
    let conversation = Int.random(in: names.indices, using: &random)
    if deletions > 0, Int.random(in: 0..<deletions, using: &random) == 0 {
      switch Int.random(in: 0..<8, using: &random) {
      case 0: erase(.bot(bots.randomElement(using: &random)!), appending: sizes)
      case 1, 2:
        let user = Self.users.dropFirst().randomElement(using: &random)!
        erase(.user(user, bot: bots.randomElement(using: &random)!), appending: sizes)
      default: delete(conversation)
      }
      return
    }
    let size = Int.random(in: sizes.randomElement(using: &random)!, using: &random)
    let user = Int.random(in: 0..<4 * Self.users.count, using: &random)
    append(to: conversation, size: size, user: max(0, user - 3 * Self.users.count))
    compareRecall(conversation, turns: Int.random(in: 0...12, using: &random))
  }

  mutating func append(to conversation: Int, size: Int, user userNumber: Int = 0) {
    let userID = Self.users[userNumber]
    let (bot, id) = names[conversation]
    let user = Int.random(in: 0...size, using: &random)
    let integration = Int.random(in: 0...12, using: &random)
    let text = Int.random(in: 0..<Self.pool.count - size - 12, using: &random)
    let bytes = 64 + bot.count + id.count + integration + userID.count + size
    let cells = max(16, (bytes + 7) / 8)
    time += 1
    let turn = NaiveContext.Turn(
      conversation: conversation, text: text, userCount: user, replyCount: size - user,
      integrationCount: integration, userNumber: userNumber, time: time, cells: cells)
    do throws(ContextError) {
      let sequence = try subject.ring.append(
        to: ConversationIdentity(bot: bot.span, conversation: id.span),
        user: Self.pool.span.extracting(text..<text + user),
        reply: Self.pool.span.extracting(text + user..<text + size),
        integration: Self.pool.span.extracting(text..<text + integration), userID: userID.span,
        at: time)
      model.append(turn, sequence: sequence)
      if cells > model.owners.count { Issue.record("took a turn larger than the ring") }
    } catch {
      let limit = model.owners.count * 8
      #expect(error == .turnTooLarge(needed: cells * 8, limit: limit))
      #expect(cells * 8 > limit)
    }
  }

  mutating func delete(_ conversation: Int) {
    let (bot, id) = names[conversation]
    let deleted = subject.ring.delete(.conversation(id, bot: bot))
    #expect((deleted == 1) == !model.chains[conversation].isEmpty)
    model.delete(conversation)
  }

  /// Deletes conversations step by step, and appends turns between the steps.
  mutating func erase(_ selection: Erasure.Selection, appending sizes: [ClosedRange<Int>]) {
    var erasure = subject.ring.erasure(of: selection)
    let isInterrupted = Bool.random(using: &random)
    var found: [Int] = []
    while true {
      let turn = erasure.turn
      let isErasing = turn >= subject.ring.tail
      let before = model
      guard subject.ring.advance(&erasure) else { break }
      if isErasing { model.erase(sequence: turn) }
      if erasure.conversations > found.count {
        let conversation = model.unlink(sequence: erasure.turn)
        found.append(conversation)
        if !isMeant(conversation, by: selection, before: erasure.end, in: before) {
          Issue.record("deleted conversation \(conversation), which was not meant")
        }
      }
      if isInterrupted, Int.random(in: 0..<6, using: &random) == 0 {
        let size = Int.random(in: sizes.randomElement(using: &random)!, using: &random)
        append(to: Int.random(in: names.indices, using: &random), size: min(size, 500), user: 1)
      }
    }
    for conversation in names.indices
    where isMeant(conversation, by: selection, before: erasure.end, in: model) {
      Issue.record("conversation \(conversation) is left")
    }
  }

  private func isMeant(
    _ conversation: Int, by selection: Erasure.Selection, before end: UInt64,
    in model: NaiveContext
  ) -> Bool {
    switch selection {
    case .conversation(let id, let bot): names[conversation] == (bot, id)
    case .user(let id, let bot):
      names[conversation].bot == bot
        && model.has(conversation, user: Self.users.firstIndex(of: id)!, before: end)
    case .bot(let bot):
      names[conversation].bot == bot && model.has(conversation, user: nil, before: end)
    }
  }

  /// Continues with what a restart would find.
  mutating func reopen() throws {
    subject = try subject.reopenedCopy()
    model.reopen()
  }

  /// Changes a bit of each of these cells, and continues with what a restart would find.
  mutating func reopen(damaging cells: [Int]) throws {
    for cell in Set(cells) {
      let byte = 64 + cell * 8 + Int.random(in: 0..<8, using: &random)
      subject.block[byte] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    }
    model.damage(cells: cells)
    try reopen()
  }

  // MARK: Comparing

  func compareRecall(_ conversation: Int, turns: Int) {
    let (bot, id) = names[conversation]
    let chain = model.chains[conversation]
    var place = 2 * max(0, chain.count - turns)
    var isEqual = true
    subject.ring.recall(
      ConversationIdentity(bot: bot.span, conversation: id.span), turns: turns
    ) { role, content in
      guard place < 2 * chain.count, let turn = model.turns[chain[place / 2]] else {
        isEqual = false
        return
      }
      let isUser = place % 2 == 0
      isEqual = isEqual && role == (isUser ? .user : .assistant)
      isEqual = isEqual && Self.isEqual(content, isUser ? turn.user : turn.reply)
      place += 1
    }
    if !isEqual || place != 2 * chain.count { Issue.record("recall of \(conversation) differs") }
  }

  /// Compares everything that the ring can tell.
  func compareAll() {
    for conversation in names.indices { compareTurns(conversation) }
    for bot in bots {
      for user in Self.users.indices { compareListing(bot, user) }
    }
    let expected = RingStatistics(
      conversations: model.chains.count { !$0.isEmpty }, turns: model.turns.count,
      usedBytes: model.usedCells * 8, capacity: model.owners.count * 8,
      overwritten: model.overwritten)
    #expect(subject.ring.statistics == expected)
    compareEmptyCells()
  }

  /// A ring that is rebuilt from this one's block is the same, byte for byte.
  func compareReopened() throws {
    var copy = self
    copy.subject = try subject.reopenedCopy()
    #expect(copy.subject.block.isEqual(to: subject.block))
    #expect(copy.subject.ring.recovery.erasedBytes == 0)
    #expect(copy.subject.ring.recovery.turns == model.turns.count)
    copy.model.reopen()
    copy.compareAll()
  }

  /// Compares a ring after a torn append with its state before: all turns that the append spared
  /// are there, perhaps some that it was about to overwrite, and perhaps its own.
  func compareTorn(_ torn: TestRing, before: NaiveContext) {
    let known = before.turns.merging(model.turns) { $1 }
    var found: Set<UInt64> = []
    for (bot, id) in names {
      let identity = ConversationIdentity(bot: bot.span, conversation: id.span)
      var last: UInt64 = 0
      torn.ring.turns(of: identity, from: 0, limit: 100) { turn in
        let isKnown = known.values.contains { Self.isEqual(turn, $0) && turn.sequence > last }
        if !isKnown { Issue.record("a turn that never was, or out of order") }
        last = turn.sequence
        found.insert(turn.sequence)
      }
    }
    let spared = Set(model.turns.values.map(\.sequence))
      .intersection(before.turns.values.map(\.sequence))
    #expect(spared.isSubset(of: found))
    #expect(torn.ring.statistics.turns == found.count)
  }

  private func compareTurns(_ conversation: Int) {
    let (bot, id) = names[conversation]
    let identity = ConversationIdentity(bot: bot.span, conversation: id.span)
    let chain = model.chains[conversation].map { model.turns[$0]! }
    let activity =
      chain.isEmpty
      ? nil
      : ConversationActivity(
        turns: chain.count, oldest: chain.first!.time, newest: chain.last!.time)
    #expect(subject.ring.activity(of: identity) == activity)
    var first = 0
    repeat {
      var place = first
      let total = subject.ring.turns(of: identity, from: first, limit: 7) { turn in
        let isEqual = place < chain.count && Self.isEqual(turn, chain[place])
        if !isEqual { Issue.record("turn \(place) of \(conversation) differs") }
        place += 1
      }
      #expect(total == chain.count)
      #expect(place == max(first, min(first + 7, chain.count)))
      first += 7
    } while first <= chain.count
  }

  private func compareListing(_ bot: [UInt8], _ user: Int) {
    let expected = model.newestFirst {
      names[$0].bot == bot && (user == 0 || model.has($0, user: user, before: .max))
    }
    var first = 0
    repeat {
      var page: [String] = []
      let userID = Self.users[user]
      let total = subject.ring.conversations(
        of: bot.span, with: userID.span, from: first, limit: 5
      ) { id, activity in
        page.append("\(String(decoding: id.copied, as: UTF8.self)) \(activity.turns)")
      }
      #expect(total == expected.count)
      let due = expected.dropFirst(first).prefix(5).map {
        "\(String(decoding: names[$0].conversation, as: UTF8.self)) \(model.chains[$0].count)"
      }
      #expect(page == due)
      first += 5
    } while first <= expected.count
  }

  private func compareEmptyCells() {
    let used = model.owners.indices.contains { cell in
      model.owners[cell] < 0 && subject.block.cell(8 + cell) != 0
    }
    if used { Issue.record("a cell that belongs to no turn is not zero") }
  }

  private static func isEqual(_ turn: borrowing Turn, _ expected: NaiveContext.Turn) -> Bool {
    let userID = users[expected.userNumber]
    return turn.sequence == expected.sequence && turn.time == expected.time
      && isEqual(turn.user, expected.user) && isEqual(turn.reply, expected.reply)
      && isEqual(turn.integration, expected.text..<expected.text + expected.integrationCount)
      && turn.userID.equals(userID.span)
  }

  private static func isEqual(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard bytes.count == range.count else { return false }
    return pool.withUnsafeBytes { pool in
      bytes.withUnsafeBytes { bytes in
        bytes.count == 0
          || memcmp(bytes.baseAddress!, pool.baseAddress! + range.lowerBound, bytes.count) == 0
      }
    }
  }
}

extension NaiveContext.Turn {
  fileprivate var user: Range<Int> { text..<text + userCount }
  fileprivate var reply: Range<Int> { text + userCount..<text + userCount + replyCount }
}
