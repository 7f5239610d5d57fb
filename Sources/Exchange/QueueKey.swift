import Bytes

/// The name of a conversation among those of all bots.
enum QueueKey {
  /// The bot's id and the conversation's, with NUL between them, which neither can have.
  static func of(bot: [UInt8], conversation: [UInt8]) -> [UInt8] {
    var key: [UInt8] = []
    key.reserveCapacity(bot.count + 1 + conversation.count)
    key.append(copying: bot.span)
    key.append(0)
    key.append(copying: conversation.span)
    return key
  }
}
