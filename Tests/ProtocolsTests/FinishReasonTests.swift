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
      ("STOP", .other, "stop", "end_turn"), ("", .other, "stop", "end_turn"),
    ] as [(String, FinishReason, String, String)])
  func translates(word: String, reason: FinishReason, openai: String, anthropic: String) {
    #expect(FinishReason(bytes(word).span) == reason)
    #expect("\(reason.openai) \(reason.anthropic)" == "\(openai) \(anthropic)")
  }

  @Test func isMissingWithoutAWord() throws {
    #expect(FinishReason(nil as JSONValue?) == nil)
    #expect(FinishReason(try value("null")) == nil)
    #expect(FinishReason(try value("1")) == nil)
  }

  @Test(arguments: FinishReason.allCases)
  func hasARow(reason: FinishReason) {
    #expect(reason.openai.utf8CodeUnitCount > 0 && reason.anthropic.utf8CodeUnitCount > 0)
  }
}
