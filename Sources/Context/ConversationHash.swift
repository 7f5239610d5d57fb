import Bytes

/// The hash by which conversations are found.
///
/// Its key is secret. A client that knew it could choose ids that collide, and make the index slow.
struct ConversationHash {
  let key: SipHash.Key
  /// The bits of the hash that are kept: all of them. Tests keep fewer, to force collisions.
  let mask: UInt64

  func callAsFunction(_ identity: borrowing ConversationIdentity) -> UInt64 {
    var hash = SipHash(key: key)
    hash.combine(byte: UInt8(identity.bot.count))
    hash.combine(identity.bot)
    hash.combine(identity.conversation)
    return hash.finish() & mask
  }
}
