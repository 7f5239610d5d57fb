import Bytes

/// A piece of a streamed reply. Text is the inside of a JSON string, byte for byte as the backend sent it.
public enum ReplyDelta: Equatable, Sendable {
  /// More of the content.
  case text([UInt8])
  /// More of the content, where the model refuses; OpenAI's interfaces tell it apart.
  case refusal([UInt8])
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
  /// Further members of a call, JSON members without braces; only OpenAI's interface has them.
  case callMembers(index: Int, [UInt8])
  /// An event of the backend's for a client that speaks the same interface: its type, empty in OpenAI's, and JSON.
  case event(type: [UInt8], [UInt8], Meaning)
  /// More of a body that the client gets byte for byte, and the body's media type.
  case body(type: [UInt8], [UInt8])

  /// What an event brings.
  public enum Meaning: Int, Comparable, Sendable {
    /// Nothing that the model has produced.
    case nothing
    /// Thinking.
    case thinking
    /// Text, and nothing that another backend could not continue.
    case text
    /// More than text: calls of tools, images.
    case beyondText
    /// Why the reply ended. It goes out once the reply is known to be whole.
    case end
    /// The tokens that the exchange took; goes after the end, to clients that asked for it.
    case usage
    /// What comes after the end.
    case tail

    /// The order is that in which events of a reply say more.
    public static func < (one: Meaning, other: Meaning) -> Bool { one.rawValue < other.rawValue }
  }
}
