/// Who a message is from.
public enum MessageRole: Equatable, Sendable {
  /// The bot's user.
  case user
  /// The backend.
  case assistant

  /// The role's name, which is the same in every dialect.
  var name: StaticString {
    switch self {
    case .user: "user"
    case .assistant: "assistant"
    }
  }
}
