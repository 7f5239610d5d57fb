public import JSON

/// A request as OpenAI's or Anthropic's clients send it: a view of the bytes as they came.
public struct ChatRequest: Sendable {
  /// Whose words it is in.
  public enum Shape: Sendable, CaseIterable {
    /// OpenAI's Chat Completions.
    case openai
    /// Anthropic's Messages.
    case anthropic
  }

  /// Whose words it is in.
  public let shape: Shape

  /// All of it, an object.
  public let body: JSONValue

  /// The messages, an array of objects.
  public let messages: JSONValue

  /// A request from its parts; `messages` are those of `body`.
  public init(_ shape: Shape, body: JSONValue, messages: JSONValue) {
    self.shape = shape
    self.body = body
    self.messages = messages
  }
}

extension JSONValue {
  /// Whether a message, in OpenAI's words, is one of the system's.
  var isSystemMessage: Bool {
    guard let role = self["role"] else { return false }
    return role.equals("system") || role.equals("developer")
  }
}
