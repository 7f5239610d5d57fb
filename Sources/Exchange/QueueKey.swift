import Bytes

/// The name of a conversation among those of all bots, with its hash.
///
/// The hash is made once, because the table of conversations is asked three times for each message.
package struct QueueKey: Hashable {
  private let bot: [UInt8]
  private let conversation: [UInt8]
  /// Made with a secret key, because clients choose the conversation's id and could make hashes collide.
  private let nameHash: UInt64

  init(bot: [UInt8], _ conversation: [UInt8], key: SipHash.Key) {
    self.bot = bot
    self.conversation = conversation
    var hash = SipHash(key: key)
    hash.combine(bot.span)
    // No id has a NUL.
    hash.combine(byte: 0)
    hash.combine(conversation.span)
    nameHash = hash.finish()
  }

  package static func == (one: QueueKey, other: QueueKey) -> Bool {
    one.nameHash == other.nameHash && one.bot.span.equals(other.bot.span)
      && one.conversation.span.equals(other.conversation.span)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(nameHash)
  }
}
