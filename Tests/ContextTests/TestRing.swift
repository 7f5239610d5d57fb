import Bytes

@testable import Context

/// A ring with its memory.
final class TestRing {
  static let key = SipHash.Key(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210)

  let block: Memory
  private let index: Memory
  private let hashMask: UInt64
  var ring: ContextRing

  init(blockSize: Int, hashMask: UInt64 = .max) {
    block = Memory(blockSize)
    index = Memory(ContextRing.indexSize(forBlockOf: blockSize))
    self.hashMask = hashMask
    ring = ContextRing(
      formatting: block.bytes, index: index.bytes, key: Self.key, hashMask: hashMask)
  }

  init(reopening block: Memory, hashMask: UInt64 = .max) throws(ContextError) {
    self.block = block
    index = Memory(ContextRing.indexSize(forBlockOf: block.bytes.count))
    self.hashMask = hashMask
    ring = try ContextRing(reopening: block.bytes, index: index.bytes, hashMask: hashMask)
  }

  /// Another ring over a copy of this one's block.
  func reopenedCopy() throws(ContextError) -> TestRing {
    try TestRing(reopening: Memory(copying: block), hashMask: hashMask)
  }

  @discardableResult
  func append(
    _ conversation: String, bot: String = "bot", by userID: String = "", user: String,
    reply: String, integration: String = "echo", at time: Int64 = 0
  ) throws(ContextError) -> UInt64 {
    let bot = Array(bot.utf8)
    let conversation = Array(conversation.utf8)
    return try ring.append(
      to: ConversationIdentity(bot: bot.span, conversation: conversation.span),
      user: Array(user.utf8).span, reply: Array(reply.utf8).span,
      integration: Array(integration.utf8).span, userID: Array(userID.utf8).span, at: time)
  }

  /// The newest messages, as `u:…` and `a:…`.
  func recall(_ conversation: String, bot: String = "bot", turns: Int = 100) -> [String] {
    let bot = Array(bot.utf8)
    let conversation = Array(conversation.utf8)
    var found: [String] = []
    ring.recall(
      ConversationIdentity(bot: bot.span, conversation: conversation.span), turns: turns
    ) { role, content in
      found.append((role == .user ? "u:" : "a:") + String(decoding: content.copied, as: UTF8.self))
    }
    return found
  }

  func activity(_ conversation: String, bot: String = "bot") -> ConversationActivity? {
    let bot = Array(bot.utf8)
    let conversation = Array(conversation.utf8)
    return ring.activity(
      of: ConversationIdentity(bot: bot.span, conversation: conversation.span))
  }

  func delete(_ conversation: String, bot: String = "bot") -> Bool {
    ring.delete(.conversation(Array(conversation.utf8), bot: Array(bot.utf8))) == 1
  }

  /// The id of the user of each turn, oldest first.
  func users(_ conversation: String, bot: String = "bot") -> [String] {
    let bot = Array(bot.utf8)
    let conversation = Array(conversation.utf8)
    var found: [String] = []
    ring.turns(
      of: ConversationIdentity(bot: bot.span, conversation: conversation.span), from: 0, limit: 100
    ) { found.append(String(decoding: $0.userID.copied, as: UTF8.self)) }
    return found
  }

  /// A page of a bot's conversations with their turns, as `id:turns`, and their number.
  func conversations(
    bot: String = "bot", with userID: String = "", from first: Int = 0, limit: Int = 100
  ) -> ([String], Int) {
    let userID = Array(userID.utf8)
    var found: [String] = []
    let bot = Array(bot.utf8)
    let total = ring.conversations(
      of: bot.span, with: userID.span, from: first, limit: limit
    ) { id, activity in
      found.append(String(decoding: id.copied, as: UTF8.self) + ":\(activity.turns)")
    }
    return (found, total)
  }
}

extension ContextRing {
  /// Deletes conversations without a pause, and returns their number.
  @discardableResult
  mutating func delete(_ selection: Erasure.Selection) -> Int {
    var erasure = erasure(of: selection)
    while advance(&erasure) {}
    return erasure.conversations
  }
}
