/// What an integration is asked for.
///
/// Chats are translated between dialects. Requests for anything else are passed on, to a path of its own.
public enum Purpose: UInt8, CaseIterable, Sendable {
  case chat
  case embeddings
  case completions
  case moderations
  /// How many tokens a request of Anthropic's clients has. Every `anthropic` integration that serves chats serves it.
  case tokenCount

  /// The end of the path: of OpenAI's, after the base that all of them share; of Anthropic's, after that of chats.
  public var path: StaticString {
    switch self {
    case .chat: "/chat/completions"
    case .embeddings: "/embeddings"
    case .completions: "/completions"
    case .moderations: "/moderations"
    case .tokenCount: "/count_tokens"
    }
  }

  /// What people call it, and `serves`, if it has a word for it.
  public var name: StaticString {
    switch self {
    case .chat: "chat"
    case .embeddings: "embeddings"
    case .completions: "completions"
    case .moderations: "moderations"
    case .tokenCount: "token counts"
    }
  }
}
