/// How OpenAI's backends, and all that speak its dialect, report errors that matter. Codes come before words.
///
/// Comments name the vendors of the lines that follow, in their order.
extension BackendError.Rule {
  static let openai: [BackendError.Rule] = [
    // OpenAI, Azure OpenAI, Groq, and others that follow OpenAI.
    .init(kind: .contextTooLong, place: .anywhere, text: "context_length_exceeded"),
    // llama.cpp.
    .init(kind: .contextTooLong, place: .type, text: "exceed_context_size_error"),
    // Zhipu; GitHub Models; Copilot.
    .init(
      kind: .contextTooLong, place: .code,
      text: """
        1261
        tokens_limit_reached
        model_max_prompt_tokens_exceeded
        """),
    // OpenAI. llama.cpp; llama-cpp-python. vLLM (type BadRequestError, code 400), SGLang, OpenRouter, DeepSeek, Mistral,
    // Fireworks. vLLM, twice; SGLang. vLLM; LM Studio, twice. LiteLLM, before any of them. Ollama, twice. Gemini; xAI;
    // Cohere; Bedrock; Moonshot. TGI and Together, twice. Alibaba; MiniMax; Cloudflare; watsonx. Groq, for a request of
    // more tokens than the account may send in a minute.
    .init(
      kind: .contextTooLong, place: .message,
      text: """
        exceeds the context window
        exceeds the available context size
        exceed context window
        maximum context length
        longer than the maximum model length
        too long to fit into the model
        longer than the model's context length
        context length is only
        context length of only
        greater than the context length
        ContextWindowExceededError
        exceeds the context length
        exceeded max context length
        exceeds the maximum number of tokens allowed
        maximum prompt length is
        too many tokens:
        Input is too long
        exceeded model token limit
        `max_new_tokens` must be <=
        `inputs` must have less than
        Range of input length should be
        context window exceeds limit
        context window limit
        cannot exceed the total tokens limit
        please reduce your message size
        """),
    // OpenAI, twice. Azure OpenAI, Moonshot. Alibaba, by its compatible interface and by its own. Volcengine. Stepfun.
    // Gemini.
    .init(
      kind: .contentFiltered, place: .anywhere,
      text: """
        content_policy_violation
        moderation_blocked
        content_filter
        data_inspection_failed
        DataInspectionFailed
        SensitiveContentDetected
        censorship_blocked
        PROHIBITED_CONTENT
        """),
    // OpenAI. Zhipu. Volcengine: of the input, of the output.
    .init(
      kind: .contentFiltered, place: .code,
      text: """
        invalid_prompt
        1301
        InputTextSensitiveContentDetected
        OutputTextSensitiveContentDetected
        """),
    // Azure OpenAI.
    .init(kind: .contentFiltered, place: .innerCode, text: "ResponsibleAIPolicyViolation"),
    // OpenRouter: 403 with what was flagged, by the moderation before the model.
    .init(kind: .contentFiltered, place: .metadata, text: "flagged_input"),
    .init(kind: .contentFiltered, place: .metadata, text: "reasons"),
    // OpenAI, twice. Azure OpenAI. DeepSeek. xAI. LiteLLM, before any of them.
    .init(
      kind: .contentFiltered, place: .message,
      text: """
        potentially violating our usage policy
        result of our safety system
        content management policy
        Content Exists Risk
        violates usage guidelines
        ContentPolicyViolationError
        """),
    // OpenAI; Moonshot; one-api and its forks; Alibaba.
    .init(
      kind: .quotaExhausted, place: .anywhere,
      text: """
        insufficient_quota
        exceeded_current_quota_error
        insufficient_user_quota
        Arrearage
        """),
    // OpenAI, twice. OpenRouter, which has the status that it means in the body. Zhipu; Volcengine.
    .init(
      kind: .quotaExhausted, place: .code,
      text: """
        billing_hard_limit_reached
        billing_not_active
        402
        1113
        AccountOverdueError
        """),
    // DeepSeek; OpenRouter; xAI; SiliconFlow; Gemini.
    .init(
      kind: .quotaExhausted, place: .message,
      text: """
        Insufficient Balance
        Insufficient credits
        used all available credits
        balance is insufficient
        credits are depleted
        """),
    // llama.cpp's older /health.
    .init(
      kind: .loading, place: .status,
      text: """
        loading model
        loading
        """),
    // llama.cpp, Ollama. LM Studio, LocalAI, TabbyAPI and others. Hugging Face ("Model x is currently loading"). Routers
    // of vLLM and SGLang, TGI, KServe ("Model with name x is not ready.").
    .init(
      kind: .loading, place: .message,
      text: """
        loading model
        model is loading
        model loading
        loading the model
        being loaded
        still loading
        not loaded yet
        not yet loaded
        currently loading
        warming up
        is starting
        starting up
        is not ready
        not ready yet
        """),
  ]
}
