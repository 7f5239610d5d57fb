import JSON
import TestSupport
import Testing

@testable import Protocols

/// The table of finish reasons.
struct FinishReasonTests {
  @Test(
    arguments: [
      ("stop", .end, "stop", "end_turn"), ("end_turn", .end, "stop", "end_turn"),
      ("stop_sequence", .stopSequence, "stop", "stop_sequence"),
      ("pause_turn", .pause, "stop", "pause_turn"),
      ("length", .tokenLimit, "length", "max_tokens"),
      ("max_tokens", .tokenLimit, "length", "max_tokens"),
      ("model_context_window_exceeded", .contextFull, "length", "model_context_window_exceeded"),
      ("tool_calls", .toolCalls, "tool_calls", "tool_use"),
      ("tool_use", .toolCalls, "tool_calls", "tool_use"),
      ("function_call", .functionCall, "function_call", "tool_use"),
      ("content_filter", .refusal, "content_filter", "refusal"),
      ("refusal", .refusal, "content_filter", "refusal"),
      // In any case of letters.
      ("STOP", .end, "stop", "end_turn"), ("Length", .tokenLimit, "length", "max_tokens"),
      ("MAX_TOKENS", .tokenLimit, "length", "max_tokens"),
      ("Tool_Use", .toolCalls, "tool_calls", "tool_use"),
      // Mistral, Together, TGI, watsonx, llama.cpp, Cohere.
      ("model_length", .tokenLimit, "length", "max_tokens"),
      ("eos", .end, "stop", "end_turn"), ("eos_token", .end, "stop", "end_turn"),
      ("token_limit", .tokenLimit, "length", "max_tokens"),
      ("limit", .tokenLimit, "length", "max_tokens"),
      ("word", .stopSequence, "stop", "stop_sequence"),
      ("COMPLETE", .end, "stop", "end_turn"), ("TOOL_CALL", .toolCalls, "tool_calls", "tool_use"),
      ("STOP_SEQUENCE", .stopSequence, "stop", "stop_sequence"),
      ("ERROR_TOXIC", .refusal, "content_filter", "refusal"),
      // Gemini, Zhipu, Bedrock.
      ("SAFETY", .refusal, "content_filter", "refusal"),
      ("PROHIBITED_CONTENT", .refusal, "content_filter", "refusal"),
      ("content_filter: RECITATION", .refusal, "content_filter", "refusal"),
      ("sensitive", .refusal, "content_filter", "refusal"),
      ("guardrail_intervened", .refusal, "content_filter", "refusal"),
    ] as [(String, FinishReason, String, String)])
  func translates(word: String, reason: FinishReason, openai: String, anthropic: String) {
    #expect(FinishReason(bytes(word).span) == reason)
    #expect("\(reason.openai) \(reason.anthropic)" == "\(openai) \(anthropic)")
  }

  @Test(arguments: [
    "error", "ERROR", "abort", "aborted", "network_error", "insufficient_system_resource",
    "cancelled", "timeout", "MALFORMED_FUNCTION_CALL", "OTHER", "ERROR_LIMIT", "time_limit",
    "function_call_filter: MALFORMED_FUNCTION_CALL", "stopped", "stop ped", "no_such_word", " ",
  ])
  func takesNoOtherWordForAnEnd(word: String) {
    #expect(FinishReason(bytes(word).span) == .broken)
  }

  @Test func isMissingWithoutAWord() throws {
    #expect(FinishReason(try value("\"\"")) == nil)
    #expect(FinishReason(try value("\"null\"")) == nil)
    #expect(FinishReason(nil as JSONValue?) == nil)
    #expect(FinishReason(try value("null")) == nil)
    #expect(FinishReason(try value("1")) == nil)
  }

  @Test(arguments: FinishReason.allCases)
  func hasARow(reason: FinishReason) {
    #expect(reason.openai.utf8CodeUnitCount > 0 && reason.anthropic.utf8CodeUnitCount > 0)
  }
}
