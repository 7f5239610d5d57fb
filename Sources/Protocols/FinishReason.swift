import Bytes

/// Why a reply ended, in the words of the interfaces that Postern offers.
enum FinishReason {
  /// The words that mean the same, OpenAI's and Anthropic's.
  private static let pairs: [(openai: StaticString, anthropic: StaticString)] = [
    ("stop", "end_turn"), ("stop", "stop_sequence"), ("stop", "pause_turn"),
    ("length", "max_tokens"), ("length", "model_context_window_exceeded"),
    ("tool_calls", "tool_use"), ("function_call", "tool_use"), ("content_filter", "refusal"),
  ]

  /// OpenAI's word; `stop` for one that is not known.
  static func openai(_ reply: Reply) -> StaticString {
    guard let reason = reply.finishReason else {
      return reply.toolCalls.isEmpty ? "stop" : "tool_calls"
    }
    for pair in pairs where reason.span.equals(pair.openai) || reason.span.equals(pair.anthropic) {
      return pair.openai
    }
    return "stop"
  }

  /// Anthropic's word; `end_turn` for one that is not known.
  static func anthropic(_ reply: Reply) -> StaticString {
    guard let reason = reply.finishReason else {
      return reply.toolCalls.isEmpty ? "end_turn" : "tool_use"
    }
    for pair in pairs where reason.span.equals(pair.anthropic) { return pair.anthropic }
    for pair in pairs where reason.span.equals(pair.openai) { return pair.anthropic }
    return "end_turn"
  }
}
