import Bytes

/// The name of a conversation among those of all bots, with its hash.
///
/// The hash is made once, because the table of conversations is asked three times for each message.
package struct QueueKey: Hashable {
  /// The bot's id and the conversation's, with NUL between them, which neither can have.
  private let name: [UInt8]
  /// Made with a secret key, because clients choose the conversation's id and could make hashes collide.
  private let nameHash: UInt64

  init(bot: [UInt8], _ conversation: [UInt8], key: SipHash.Key) {
    var name: [UInt8] = []
    name.reserveCapacity(bot.count + 1 + conversation.count)
    name.append(copying: bot.span)
    name.append(0)
    name.append(copying: conversation.span)
    var hash = SipHash(key: key)
    hash.combine(name.span)
    self.name = name
    nameHash = hash.finish()
  }

  package static func == (one: QueueKey, other: QueueKey) -> Bool {
    one.nameHash == other.nameHash && one.name.span.equals(other.name.span)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(nameHash)
  }
}
