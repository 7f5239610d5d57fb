/// How OpenAI's backends, and all that speak its dialect, report errors that matter. Codes come before words.
extension BackendError.Rule {
  static let openai: [BackendError.Rule] = [
    // OpenAI, Azure OpenAI, Groq, and others that follow OpenAI.
    .init(kind: .contextTooLong, place: .anywhere, text: "context_length_exceeded"),
    .init(kind: .contentFiltered, place: .anywhere, text: "content_policy_violation"),
    .init(kind: .contentFiltered, place: .anywhere, text: "moderation_blocked"),
    // Azure OpenAI.
    .init(kind: .contentFiltered, place: .anywhere, text: "content_filter"),
    .init(kind: .contentFiltered, place: .innerCode, text: "ResponsibleAIPolicyViolation"),
    // llama.cpp.
    .init(kind: .contextTooLong, place: .type, text: "exceed_context_size_error"),
    .init(kind: .contextTooLong, place: .message, text: "exceeds the available context size"),
    // vLLM (type BadRequestError, code 400), OpenRouter, DeepSeek.
    .init(kind: .contextTooLong, place: .message, text: "maximum context length is"),
    .init(kind: .contextTooLong, place: .message, text: "longer than the maximum model length"),
    // LiteLLM, before any of them.
    .init(kind: .contextTooLong, place: .message, text: "ContextWindowExceededError"),
    .init(kind: .contentFiltered, place: .message, text: "ContentPolicyViolationError"),
    // Ollama.
    .init(kind: .contextTooLong, place: .message, text: "exceeds the context length"),
    .init(kind: .contextTooLong, place: .message, text: "exceeded max context length"),
  ]
}
