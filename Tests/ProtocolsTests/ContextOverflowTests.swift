import Protocols
import Testing
import TestSupport

/// The numbers of errors about requests that are too long, as backends write them.
@Suite struct ContextOverflowTests {
  @Test(
    arguments: [
      (
        #"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":612,"n_ctx":500}}"#,
        500, 612
      ),
      (
        #"{"error":{"message":"This model's maximum context length is 8192 tokens. However, you requested 8312 tokens (8056 in the messages, 256 in the completion). Please reduce the length.","code":"context_length_exceeded"}}"#,
        8192, 8312
      ),
      (
        #"{"error":{"message":"This model's maximum context length is 128,000 tokens. However, your messages resulted in 140,009 tokens.","code":"context_length_exceeded"}}"#,
        128_000, 140_009
      ),
      (
        #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210412 tokens > 200000 maximum"}}"#,
        200_000, 210_412
      ),
      (
        #"{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again"}}"#,
        200_000, nil
      ),
      (
        #"{"error":{"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","code":"context_length_exceeded"}}"#,
        1_048_576, 1_200_000
      ),
      (
        #"{"error":{"message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","code":"context_length_exceeded"}}"#,
        32768, 40000
      ),
      (
        #"{"error":{"message":"gpt-4 v1.5 takes at most a 32k window of 4096 tokens: limit reached","code":"context_length_exceeded"}}"#,
        4096, nil
      ),
      (#"{"error":{"message":"Too long.","code":"context_length_exceeded"}}"#, nil, nil),
      (
        #"{"error":{"message":"Maximum 0 of 999999999999999999999.","code":"context_length_exceeded"}}"#,
        nil, nil
      ),
      (#"{"error":{"message":"m","code":"context_length_exceeded","n_ctx":-1}}"#, nil, nil),
    ] as [(String, Int?, Int?)])
  func readsNumbers(body: String, limit: Int?, tokens: Int?) throws {
    let overflow = try #require(BackendError(bytes(body)).overflow)
    #expect(overflow.limit == limit)
    #expect(overflow.tokens == tokens)
  }

  /// What backends say without a code, each in its own words: the limit and the size of the request.
  @Test(
    arguments: [
      // Mistral
      (
        #"{"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_error","param":null,"code":"3051"}"#,
        32768, 40000
      ),
      // Gemini
      (
        #"[{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]"#,
        1_048_576, 1_200_000
      ),
      // OpenAI, through a proxy that leaves the words only
      (
        #"{"error":{"message":"Your input exceeds the context window of this model. Please adjust your input and try again."}}"#,
        nil, nil
      ),
      // SGLang
      (
        #"{"object":"error","message":"The input (5000 tokens) is longer than the model's context length (4096 tokens).","type":"BadRequestError","code":400}"#,
        4096, 5000
      ),
      (
        #"{"object":"error","message":"Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 5000 tokens: 4000 tokens from the input messages and 1000 tokens for the completion.","code":400}"#,
        4096, 5000
      ),
      // vLLM
      (
        #"{"error":{"message":"You passed 4097 input tokens and requested 1 output tokens. However, the model's context length is only 4096 tokens, resulting in a maximum input length of 4095 tokens.","code":400}}"#,
        4096, 4097
      ),
      (
        #"{"error":{"message":"The prompt (total length 5000) is too long to fit into the model (context length 4096). Make sure that `max_model_len` is no smaller.","code":400}}"#,
        4096, 5000
      ),
      // TGI
      (
        #"{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048. Given: 1500 `inputs` tokens and 1000 `max_new_tokens`","error_type":"validation"}"#,
        2048, nil
      ),
      (
        #"{"error":"Input validation error: `inputs` must have less than 1024 tokens. Given: 1500","error_type":"validation"}"#,
        1024, 1500
      ),
      // LM Studio
      (
        #"{"error":"Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough."}"#,
        4096, 5000
      ),
      (
        #"{"error":"The number of tokens to keep from the initial prompt is greater than the context length."}"#,
        nil, nil
      ),
      // Ollama: the number is what was too much.
      (
        #"{"error":{"message":"prompt too long; exceeded max context length by 1200 tokens","type":"api_error"}}"#,
        nil, nil
      ),
      (#"{"error":{"message":"input length exceeds maximum context length"}}"#, nil, nil),
      // llama-cpp-python
      (
        #"{"error":{"message":"Requested tokens (5000) exceed context window of 4096"}}"#, 4096,
        5000
      ),
      // xAI
      (
        #"{"code":"Client specified an invalid argument","error":"This model's maximum prompt length is 131072 but the request contains 145000 tokens."}"#,
        131_072, 145_000
      ),
      // Cohere
      (
        #"{"message":"too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000. Try using a shorter prompt."}"#,
        4081, 5000
      ),
      (#"{"message":"too many tokens: size limit exceeded by 500 tokens."}"#, nil, nil),
      // Bedrock
      (#"{"message":"Input is too long for requested model."}"#, nil, nil),
      // Moonshot
      (
        #"{"error":{"message":"Invalid request: Your request exceeded model token limit: 8192"}}"#,
        8192, nil
      ),
      // Zhipu
      (#"{"error":{"code":"1261","message":"Prompt exceeds max length"}}"#, nil, nil),
      // Alibaba
      (
        #"{"error":{"code":"invalid_parameter_error","message":"<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 6000]"}}"#,
        6000, nil
      ),
      // GitHub Models, Copilot
      (
        #"{"error":{"code":"tokens_limit_reached","message":"Request body too large for gpt-4o model. Max size: 8000 tokens."}}"#,
        8000, nil
      ),
      (
        #"{"error":{"code":"model_max_prompt_tokens_exceeded","message":"prompt token count of 150000 exceeds the limit of 128000"}}"#,
        128_000, 150_000
      ),
      // MiniMax: the number is that of the error.
      (#"{"error":{"message":"invalid params, context window exceeds limit (2013)"}}"#, nil, nil),
      // Cloudflare, watsonx
      (
        #"{"errors":[{"message":"AiError: The estimated number of input and maximum output tokens (5000) exceeded this model context window limit (4096).","code":5021}],"success":false}"#,
        4096, 5000
      ),
      (
        #"{"errors":[{"code":"invalid_input_argument","message":"the number of input tokens 5000 cannot exceed the total tokens limit 4096 for this model"}]}"#,
        4096, 5000
      ),
      // Groq: more than its account may send in a minute.
      (
        #"{"error":{"message":"Request too large for model `m` on tokens per minute (TPM): Limit 6000, Requested 8000, please reduce your message size and try again.","type":"tokens","code":"rate_limit_exceeded"}}"#,
        6000, 8000
      ),
      // Servers and proxies that have the words elsewhere: FastAPI, OpenRouter, plain text.
      (#"{"detail":{"error":"This model's maximum context length is 4096 tokens"}}"#, 4096, nil),
      (#"{"detail":[{"loc":["body"],"msg":"maximum context length is 4096"}]}"#, 4096, nil),
      (
        #"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"This model's maximum context length is 4096 tokens\"}}"}}}"#,
        4096, nil
      ),
      ("This model's maximum context length is 4096 tokens. You requested 5000.", 4096, 5000),
    ] as [(String, Int?, Int?)])
  func readsAnyVendorsWords(body: String, limit: Int?, tokens: Int?) throws {
    let error = BackendError(bytes(body))
    try #require(error.kind == .contextTooLong)
    #expect(error.overflow?.limit == limit)
    #expect(error.overflow?.tokens == tokens)
  }

  @Test func otherErrorsHaveNone() {
    #expect(BackendError(bytes(#"{"error":{"message":"maximum 8192"}}"#)).overflow == nil)
  }
}
