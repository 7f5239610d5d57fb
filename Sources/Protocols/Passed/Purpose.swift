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
  /// A text, spoken.
  case speech
  /// What a recording says.
  case transcription
  /// What a recording says, in English. Every integration that serves transcriptions serves it.
  case translation

  /// The end of the path: of OpenAI's, after the base that all of them share; of Anthropic's, after that of chats.
  public var path: StaticString {
    switch self {
    case .chat: "/chat/completions"
    case .embeddings: "/embeddings"
    case .completions: "/completions"
    case .moderations: "/moderations"
    case .tokenCount: "/count_tokens"
    case .speech: "/audio/speech"
    case .transcription: "/audio/transcriptions"
    case .translation: "/audio/translations"
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
    case .speech: "speech"
    case .transcription, .translation: "transcription"
    }
  }

  /// Whether the request is a form with a recording, instead of JSON.
  public var takesRecording: Bool { self == .transcription || self == .translation }

  /// Whether the answer may be in any format, and a stream goes out as it comes, whatever the bot's `delivery` is.
  public var isAudio: Bool { self == .speech || takesRecording }
}
