/// Identifies a conversation by the ids of the bot and of the conversation.
///
/// Two bots may have conversations with the same id. Both ids are lent, and compared byte for byte.
public struct ConversationIdentity: ~Escapable {
  /// The bot's id: 1 to 255 bytes.
  public let bot: Span<UInt8>
  /// The conversation's id: 1 to 255 bytes.
  public let conversation: Span<UInt8>

  /// Names a conversation. The caller checks the lengths: another length is a bug.
  @_lifetime(copy bot, copy conversation)
  public init(bot: Span<UInt8>, conversation: Span<UInt8>) {
    precondition(
      1...255 ~= bot.count && 1...255 ~= conversation.count, "an id of impossible length")
    self.bot = bot
    self.conversation = conversation
  }
}
