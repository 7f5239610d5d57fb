/// Who wrote a message.
public enum Role: Sendable {
  /// The user: the first message of a turn.
  case user
  /// The bot: the second message, the reply.
  case assistant
}
