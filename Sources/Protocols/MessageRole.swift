/// Who says a message.
public enum MessageRole: Equatable, Sendable {
  /// The bot's user.
  case user
  /// The backend.
  case assistant

  /// The role's name, the same in every dialect.
  var name: StaticString {
    switch self {
    case .user: "user"
    case .assistant: "assistant"
    }
  }
}
