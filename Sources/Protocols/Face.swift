/// The interface that a client speaks.
///
/// A new vendor is a case here, a folder, and in the folder implementations of ``FaceRules`` and ``AnswerWriter``. The
/// compiler names what is missing in this room; docs/architecture.md lists the places in others.
public enum Face: UInt8, Sendable, CaseIterable {
  /// Postern's own messages.
  case native
  /// OpenAI's Chat Completions.
  case openai
  /// Anthropic's Messages.
  case anthropic
  /// OpenAI's Responses.
  case responses
  /// Ollama's chats and completions.
  case ollama

  /// What is special about the face.
  var rules: any FaceRules {
    switch self {
    case .native: NativeFace.shared
    case .openai: OpenAIFace.shared
    case .anthropic: AnthropicFace.shared
    case .responses: ResponsesFace.shared
    case .ollama: OllamaFace.shared
    }
  }
}

extension Face {
  /// What writes one answer to a client that asked on these terms.
  public func writer(_ terms: AnswerTerms) -> any AnswerWriter {
    rules.writer(terms)
  }

  /// The body of an error response without attempts.
  public func body(of error: FaceError) -> [UInt8] {
    rules.body(of: error)
  }
}
