/// How OpenAI's backends, and all that speak its dialect, report errors that matter. Codes come before words.
extension BackendError.Rule {
  static let openai: [BackendError.Rule] = tooLong + filtered + exhausted + loading

  private static let tooLong: [BackendError.Rule] = [
    // OpenAI, Azure OpenAI, Groq, and others that follow OpenAI.
    .init(kind: .contextTooLong, place: .anywhere, text: "context_length_exceeded"),
    .init(kind: .contextTooLong, place: .message, text: "exceeds the context window"),
    // llama.cpp; llama-cpp-python.
    .init(kind: .contextTooLong, place: .type, text: "exceed_context_size_error"),
    .init(kind: .contextTooLong, place: .message, text: "exceeds the available context size"),
    .init(kind: .contextTooLong, place: .message, text: "exceed context window"),
    // vLLM (type BadRequestError, code 400), SGLang, OpenRouter, DeepSeek, Mistral, Fireworks.
    .init(kind: .contextTooLong, place: .message, text: "maximum context length"),
    .init(kind: .contextTooLong, place: .message, text: "longer than the maximum model length"),
    .init(kind: .contextTooLong, place: .message, text: "too long to fit into the model"),
    .init(kind: .contextTooLong, place: .message, text: "longer than the model's context length"),
    // vLLM; LM Studio.
    .init(kind: .contextTooLong, place: .message, text: "context length is only"),
    .init(kind: .contextTooLong, place: .message, text: "context length of only"),
    .init(kind: .contextTooLong, place: .message, text: "greater than the context length"),
    // LiteLLM, before any of them.
    .init(kind: .contextTooLong, place: .message, text: "ContextWindowExceededError"),
    // Ollama.
    .init(kind: .contextTooLong, place: .message, text: "exceeds the context length"),
    .init(kind: .contextTooLong, place: .message, text: "exceeded max context length"),
    // Gemini; xAI; Cohere; Bedrock; Moonshot.
    .init(
      kind: .contextTooLong, place: .message, text: "exceeds the maximum number of tokens allowed"),
    .init(kind: .contextTooLong, place: .message, text: "maximum prompt length is"),
    .init(kind: .contextTooLong, place: .message, text: "too many tokens:"),
    .init(kind: .contextTooLong, place: .message, text: "Input is too long"),
    .init(kind: .contextTooLong, place: .message, text: "exceeded model token limit"),
    // TGI, Together.
    .init(kind: .contextTooLong, place: .message, text: "`max_new_tokens` must be <="),
    .init(kind: .contextTooLong, place: .message, text: "`inputs` must have less than"),
    // Zhipu; Alibaba; MiniMax; Cloudflare; watsonx.
    .init(kind: .contextTooLong, place: .code, text: "1261"),
    .init(kind: .contextTooLong, place: .message, text: "Range of input length should be"),
    .init(kind: .contextTooLong, place: .message, text: "context window exceeds limit"),
    .init(kind: .contextTooLong, place: .message, text: "context window limit"),
    .init(kind: .contextTooLong, place: .message, text: "cannot exceed the total tokens limit"),
    // GitHub Models; Copilot.
    .init(kind: .contextTooLong, place: .code, text: "tokens_limit_reached"),
    .init(kind: .contextTooLong, place: .code, text: "model_max_prompt_tokens_exceeded"),
    // Groq, for a request of more tokens than the account may send in a minute.
    .init(kind: .contextTooLong, place: .message, text: "please reduce your message size"),
  ]

  private static let filtered: [BackendError.Rule] = [
    // OpenAI.
    .init(kind: .contentFiltered, place: .anywhere, text: "content_policy_violation"),
    .init(kind: .contentFiltered, place: .anywhere, text: "moderation_blocked"),
    .init(kind: .contentFiltered, place: .code, text: "invalid_prompt"),
    .init(kind: .contentFiltered, place: .message, text: "potentially violating our usage policy"),
    .init(kind: .contentFiltered, place: .message, text: "result of our safety system"),
    // Azure OpenAI, Moonshot.
    .init(kind: .contentFiltered, place: .anywhere, text: "content_filter"),
    .init(kind: .contentFiltered, place: .message, text: "content management policy"),
    .init(kind: .contentFiltered, place: .innerCode, text: "ResponsibleAIPolicyViolation"),
    // OpenRouter: 403 with what was flagged, by the moderation before the model.
    .init(kind: .contentFiltered, place: .metadata, text: "flagged_input"),
    .init(kind: .contentFiltered, place: .metadata, text: "reasons"),
    // Alibaba: by its compatible interface, and by its own.
    .init(kind: .contentFiltered, place: .anywhere, text: "data_inspection_failed"),
    .init(kind: .contentFiltered, place: .anywhere, text: "DataInspectionFailed"),
    // Zhipu.
    .init(kind: .contentFiltered, place: .code, text: "1301"),
    // DeepSeek.
    .init(kind: .contentFiltered, place: .message, text: "Content Exists Risk"),
    // Volcengine: of the input, of the output.
    .init(kind: .contentFiltered, place: .anywhere, text: "SensitiveContentDetected"),
    .init(kind: .contentFiltered, place: .code, text: "InputTextSensitiveContentDetected"),
    .init(kind: .contentFiltered, place: .code, text: "OutputTextSensitiveContentDetected"),
    // Stepfun.
    .init(kind: .contentFiltered, place: .anywhere, text: "censorship_blocked"),
    // xAI.
    .init(kind: .contentFiltered, place: .message, text: "violates usage guidelines"),
    // LiteLLM, before any of them.
    .init(kind: .contentFiltered, place: .message, text: "ContentPolicyViolationError"),
    // Gemini.
    .init(kind: .contentFiltered, place: .anywhere, text: "PROHIBITED_CONTENT"),
  ]

  private static let exhausted: [BackendError.Rule] = [
    // OpenAI; Moonshot; one-api and its forks.
    .init(kind: .quotaExhausted, place: .anywhere, text: "insufficient_quota"),
    .init(kind: .quotaExhausted, place: .code, text: "billing_hard_limit_reached"),
    .init(kind: .quotaExhausted, place: .code, text: "billing_not_active"),
    .init(kind: .quotaExhausted, place: .anywhere, text: "exceeded_current_quota_error"),
    .init(kind: .quotaExhausted, place: .anywhere, text: "insufficient_user_quota"),
    // OpenRouter has the status that it means in the body.
    .init(kind: .quotaExhausted, place: .code, text: "402"),
    // DeepSeek; OpenRouter; Alibaba; Zhipu.
    .init(kind: .quotaExhausted, place: .message, text: "Insufficient Balance"),
    .init(kind: .quotaExhausted, place: .message, text: "Insufficient credits"),
    .init(kind: .quotaExhausted, place: .anywhere, text: "Arrearage"),
    .init(kind: .quotaExhausted, place: .code, text: "1113"),
    // xAI; SiliconFlow; Gemini; Volcengine.
    .init(kind: .quotaExhausted, place: .message, text: "used all available credits"),
    .init(kind: .quotaExhausted, place: .message, text: "balance is insufficient"),
    .init(kind: .quotaExhausted, place: .message, text: "credits are depleted"),
    .init(kind: .quotaExhausted, place: .code, text: "AccountOverdueError"),
  ]

  private static let loading: [BackendError.Rule] = [
    // llama.cpp, its older /health, Ollama.
    .init(kind: .loading, place: .message, text: "loading model"),
    .init(kind: .loading, place: .status, text: "loading model"),
    .init(kind: .loading, place: .status, text: "loading"),
    // LM Studio, LocalAI, TabbyAPI and others.
    .init(kind: .loading, place: .message, text: "model is loading"),
    .init(kind: .loading, place: .message, text: "model loading"),
    .init(kind: .loading, place: .message, text: "loading the model"),
    .init(kind: .loading, place: .message, text: "being loaded"),
    .init(kind: .loading, place: .message, text: "still loading"),
    .init(kind: .loading, place: .message, text: "not loaded yet"),
    .init(kind: .loading, place: .message, text: "not yet loaded"),
    // Hugging Face: "Model x is currently loading".
    .init(kind: .loading, place: .message, text: "currently loading"),
    // Routers of vLLM and SGLang, TGI, KServe ("Model with name x is not ready.").
    .init(kind: .loading, place: .message, text: "warming up"),
    .init(kind: .loading, place: .message, text: "is starting"),
    .init(kind: .loading, place: .message, text: "starting up"),
    .init(kind: .loading, place: .message, text: "is not ready"),
    .init(kind: .loading, place: .message, text: "not ready yet"),
  ]
}
