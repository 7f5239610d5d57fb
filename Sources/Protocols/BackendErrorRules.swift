import Bytes
import JSON

extension BackendError {
  /// One way in which a backend says something that matters.
  struct Rule: Sendable {
    let kind: Kind
    let place: Place
    let text: StaticString

    enum Place: Sendable {
      /// `code` is this.
      case code
      /// `type` is this.
      case type
      /// `innererror.code` is this.
      case innerCode
      /// The message has this in it, the case of letters aside.
      case message
      /// `code` or `type` is this, or the message has it in it: what is nobody's word but a name.
      case anywhere
    }

    func applies(to error: JSONValue, _ message: [UInt8]) -> Bool {
      switch place {
      case .code: error["code"]?.equals(text) == true
      case .type: error["type"]?.equals(text) == true
      case .innerCode: error["innererror"]?["code"]?.equals(text) == true
      case .message: message.span.containsIgnoringCase(text)
      case .anywhere:
        error["code"]?.equals(text) == true || error["type"]?.equals(text) == true
          || message.span.containsIgnoringCase(text)
      }
    }
  }

  /// The ways known, codes before words.
  static let rules: [Rule] = [
    // OpenAI, Azure OpenAI, Groq, and others that follow OpenAI.
    Rule(kind: .contextTooLong, place: .anywhere, text: "context_length_exceeded"),
    Rule(kind: .contentFiltered, place: .anywhere, text: "content_policy_violation"),
    Rule(kind: .contentFiltered, place: .anywhere, text: "moderation_blocked"),
    // Azure OpenAI.
    Rule(kind: .contentFiltered, place: .anywhere, text: "content_filter"),
    Rule(kind: .contentFiltered, place: .innerCode, text: "ResponsibleAIPolicyViolation"),
    // llama.cpp.
    Rule(kind: .contextTooLong, place: .type, text: "exceed_context_size_error"),
    Rule(kind: .contextTooLong, place: .message, text: "exceeds the available context size"),
    // Anthropic, whose type is invalid_request_error for all of them.
    Rule(kind: .contextTooLong, place: .message, text: "prompt is too long"),
    Rule(kind: .contextTooLong, place: .message, text: "exceed context limit"),
    Rule(kind: .contentFiltered, place: .message, text: "blocked by content filtering policy"),
    // vLLM (type BadRequestError, code 400), OpenRouter, DeepSeek.
    Rule(kind: .contextTooLong, place: .message, text: "maximum context length is"),
    Rule(kind: .contextTooLong, place: .message, text: "longer than the maximum model length"),
    // LiteLLM, in front of any of them.
    Rule(kind: .contextTooLong, place: .message, text: "ContextWindowExceededError"),
    Rule(kind: .contentFiltered, place: .message, text: "ContentPolicyViolationError"),
    // Ollama.
    Rule(kind: .contextTooLong, place: .message, text: "exceeds the context length"),
    Rule(kind: .contextTooLong, place: .message, text: "exceeded max context length"),
  ]
}
