import Protocols
import Testing
import TestSupport

/// Error bodies as backends send them.
@Suite struct BackendErrorTests {
  @Test(
    arguments: [
      // OpenAI
      (
        .contextTooLong,
        #"""
        {"error": {"message": "This model's maximum context length is 8192 tokens. However, your messages resulted in 10009 tokens. Please reduce the length of the messages.", "type": "invalid_request_error", "param": "messages", "code": "context_length_exceeded"}}
        """#
      ),
      (
        .contextTooLong,
        #"""
        {"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error","param":"input","code":"context_length_exceeded"}}
        """#
      ),
      (
        .contentFiltered,
        #"""
        {"error":{"code":"content_policy_violation","message":"Your request was rejected as a result of our safety system.","param":null,"type":"invalid_request_error"}}
        """#
      ),
      (
        .contentFiltered,
        #"""
        {"error":{"message":"Your request was rejected by the safety system.","type":"user_error","param":null,"code":"moderation_blocked"}}
        """#
      ),
      // Azure OpenAI
      (
        .contentFiltered,
        #"""
        {"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}}
        """#
      ),
      (
        .contentFiltered,
        #"""
        {"error":{"message":"Filtered.","code":"400","innererror":{"code":"ResponsibleAIPolicyViolation"}}}
        """#
      ),
      // By type, or in words: a proxy before the backend may leave nothing else of the error.
      (.contentFiltered, #"{"error":{"type":"content_policy_violation","message":"m"}}"#),
      (.contentFiltered, #"{"error":{"type":"content_filter","message":"m"}}"#),
      (.contentFiltered, #"{"error":"content_filter"}"#),
      (.contentFiltered, #"{"message":"Blocked: content_policy_violation"}"#),
      (.contextTooLong, #"{"error":{"type":"context_length_exceeded","message":"m"}}"#),
      (
        .contentFiltered,
        #"""
        {"error":{"message":"litellm.BadRequestError: litellm.ContentPolicyViolationError: rejected","type":null,"param":null,"code":"400"}}
        """#
      ),
      // Anthropic
      (
        .contextTooLong,
        #"""
        {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210412 tokens > 200000 maximum"},"request_id":"req_1"}
        """#
      ),
      (
        .contextTooLong,
        #"""
        {"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length or `max_tokens` and try again"}}
        """#
      ),
      (
        .contentFiltered,
        #"""
        {"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}
        """#
      ),
      (
        .other,
        #"""
        {"type":"error","error":{"type":"invalid_request_error","message":"messages: text content blocks must be non-empty"}}
        """#
      ),
      // llama.cpp
      (
        .contextTooLong,
        #"""
        {"error":{"code":400,"message":"request (9001 tokens) exceeds the available context size (4096 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":9001,"n_ctx":4096}}
        """#
      ),
      (
        .contextTooLong,
        #"""
        {"error":{"code":400,"message":"the request exceeds the available context size. try increasing the context size or enable context shift","type":"invalid_request_error"}}
        """#
      ),
      // Ollama
      (.contextTooLong, #"{"error":"the input length exceeds the context length"}"#),
      (
        .contextTooLong,
        #"""
        {"error":{"message":"prompt too long; exceeded max context length by 12 tokens","type":"api_error","param":null,"code":null}}
        """#
      ),
      (.other, #"{"error":"model 'nope' not found"}"#),
      // vLLM, now and before
      (
        .contextTooLong,
        #"""
        {"error":{"message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4900 in the messages, 100 in the completion). Please reduce the length of the messages or completion.","type":"BadRequestError","param":null,"code":400}}
        """#
      ),
      (
        .contextTooLong,
        #"""
        {"object":"error","message":"This model's maximum context length is 4096 tokens. However, your request has 5000 input tokens.","type":"BadRequestError","param":null,"code":400}
        """#
      ),
      (
        .contextTooLong,
        #"""
        {"error":{"message":"The decoder prompt (length 5000) is longer than the maximum model length of 4096.","type":"BadRequestError","param":null,"code":400}}
        """#
      ),
      // Policies: OpenAI's for reasoning, OpenRouter, Alibaba, Zhipu, DeepSeek, Volcengine, xAI.
      (
        .contentFiltered,
        #"{"error":{"message":"Invalid prompt: flagged.","type":"x","code":"invalid_prompt"}}"#
      ),
      (
        .contentFiltered,
        #"{"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":["x"]}}}"#
      ),
      (
        .contentFiltered,
        #"{"error":{"code":403,"message":"m","metadata":{"flagged_input":"x"}}}"#
      ),
      (
        .contentFiltered,
        #"{"error":{"code":"data_inspection_failed","message":"Inappropriate content."}}"#
      ),
      (.contentFiltered, #"{"code":"DataInspectionFailed","message":"m","request_id":"r"}"#),
      (.contentFiltered, #"{"error":{"code":"1301","message":"m"}}"#),
      (.contentFiltered, #"{"error":{"code":1301,"message":"m"}}"#),
      (.contentFiltered, #"{"error":{"message":"Content Exists Risk","type":"x"}}"#),
      (.contentFiltered, #"{"error":{"code":"InputTextSensitiveContentDetected","message":"m"}}"#),
      (.contentFiltered, #"{"code":"c","error":"Content violates usage guidelines."}"#),
      (
        .contentFiltered,
        #"{"error":{"message":"Invalid prompt: your prompt was flagged as potentially violating our usage policy."}}"#
      ),
      (
        .contentFiltered,
        #"{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy."}}"#
      ),
      (
        .contentFiltered,
        #"{"error":{"message":"Your request was rejected as a result of our safety system."}}"#
      ),
      (.other, #"{"error":{"code":13011,"message":"m"}}"#),
      (.other, #"{"error":{"code":403,"message":"m","metadata":{"reasons":null}}}"#),
      (.other, #"{"error":{"code":"invalid_prompt_format","message":"m"}}"#),
      // Nothing left to pay with.
      (
        .quotaExhausted,
        #"{"error":{"message":"m","type":"insufficient_quota","code":"insufficient_quota"}}"#
      ),
      (.quotaExhausted, #"{"error":{"message":"Insufficient Balance","type":"unknown_error"}}"#),
      (
        .quotaExhausted,
        #"{"error":{"type":"x","message":"Your credit balance is too low to access the API."}}"#
      ),
      (.quotaExhausted, #"{"error":{"type":"exceeded_current_quota_error","message":"m"}}"#),
      (
        .quotaExhausted,
        #"{"code":"c","error":"Your team has either used all available credits or reached its monthly spending limit."}"#
      ),
      (.quotaExhausted, #"{"code":30001,"message":"your account balance is insufficient"}"#),
      (
        .quotaExhausted,
        #"[{"error":{"code":429,"message":"Your prepayment credits are depleted.","status":"RESOURCE_EXHAUSTED"}}]"#
      ),
      (
        .quotaExhausted,
        #"{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits. You will regain access on 2026-12-01."}}"#
      ),
      (.quotaExhausted, #"{"error":{"code":"AccountOverdueError","message":"overdue balance"}}"#),
      // A limit of requests, in words that could mean more.
      (
        .other,
        #"[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED"}}]"#
      ),
      (.other, #"{"message":"Too many tokens, please wait before trying again."}"#),
      // A model that is being loaded: llama.cpp, Ollama, Hugging Face.
      (
        .loading,
        #"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#
      ),
      (.loading, #"{"error":"llm server loading model"}"#),
      (.loading, #"{"error":"Model x/y is currently loading","estimated_time":20.0}"#),
      // None of these
      (
        .other,
        #"""
        {"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}
        """#
      ),
      (.other, #"[{"error":{"code":400,"message":"Bad","status":"INVALID_ARGUMENT"}}]"#),
      (.other, "{}"), (.other, "[]"), (.other, "null"), (.other, "<html>"), (.other, ""),
      (.other, #"{"error":7}"#),
      (.other, #"{"error":{"code":null,"message":["context_length_exceeded"]}}"#),
    ] as [(BackendError.Kind, String)])
  func recognises(kind: BackendError.Kind, body: String) {
    #expect(BackendError(bytes(body)).kind == kind)
  }

  /// Gemini asks for a pause in the body.
  @Test(arguments: [
    (#"{"retryDelay":"17s"}"#, 17000), (#"{"retryDelay":"3.25s"}"#, 3250),
    (#"{"x":1},{"retryDelay":"1s"}"#, 1000), (#"{"retryDelay":"1m"}"#, nil),
    (#"{"retryDelay":"s"}"#, nil), (#"{"retryDelay":5}"#, nil), (#"{"retryDelay":"-1s"}"#, nil),
  ])
  func givesTheDelay(details: String, milliseconds: Int?) {
    let body = #"[{"error":{"code":429,"message":"m","details":[\#(details)]}}]"#
    #expect(BackendError(bytes(body)).retryDelay?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    (#"{"error":{"message":"a\nb"}}"#, "a\nb"), (#"{"error":"c"}"#, "c"),
    (#"{"message":"d"}"#, "d"),
    (#"[{"error":{"message":"e"}}]"#, "e"), (#"{"error":{"message":""}}"#, nil), ("{}", nil),
    ("oops", nil), (#"{"error":{"message":7}}"#, nil), ("\"f\"", "f"),
  ])
  func givesTheReason(body: String, reason: String?) {
    #expect(BackendError(bytes(body)).reason == reason.map(bytes))
  }
}
