import Bytes

/// A piece of a streamed reply. Text is the inside of a JSON string, byte for byte as the backend sent it.
public enum ReplyDelta: Equatable, Sendable {
  /// More of the content.
  case text([UInt8])
  /// What is known of the tokens of the piece that follows, a JSON object; OpenAI alone has it.
  case logprobs([UInt8])
  /// More of what the model thinks before and while it answers.
  case reasoning([UInt8])
  /// What proves that the thinking is the model's own; Anthropic alone has it.
  case signature([UInt8])
  /// A call of a tool begins. The calls of a reply count from 0.
  case toolCall(index: Int, id: [UInt8], name: [UInt8])
  /// More of the arguments of a call, which together are a JSON text.
  case arguments(index: Int, [UInt8])
}
