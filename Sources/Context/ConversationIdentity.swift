/// Which conversation is meant: one of a bot. Two bots may have conversations of the same id.
///
/// Both ids are borrowed, and compared byte for byte.
public struct ConversationIdentity: ~Escapable {
  /// The bot's id: 1 to 255 bytes.
  public let bot: Span<UInt8>
  /// The conversation's id: 1 to 255 bytes.
  public let conversation: Span<UInt8>

  /// Names a conversation. The lengths are to be checked before: an id of another length is a bug.
  @_lifetime(copy bot, copy conversation)
  public init(bot: Span<UInt8>, conversation: Span<UInt8>) {
    precondition(
      1...255 ~= bot.count && 1...255 ~= conversation.count, "an id of impossible length")
    self.bot = bot
    self.conversation = conversation
  }
}
