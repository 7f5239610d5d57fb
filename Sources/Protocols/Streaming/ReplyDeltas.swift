import Bytes
import JSON

extension Reply {
  /// The reply as a stream would bring it, in one piece each: what the model thought, text, and calls of tools. Of
  /// content in parts, the texts. O(n).
  public var deltas: [ReplyDelta] {
    var deltas = reasoning
    if let logprobs = details["logprobs"], logprobs.kind == .object {
      deltas.append(.logprobs(logprobs.span.copied))
    }
    let refuses = isRefusal
    for text in texts { deltas.append(refuses ? .refusal(text) : .text(text)) }
    for (index, call) in toolCalls.enumerated() {
      deltas.append(.toolCall(index: index, id: call.id, name: call.name))
      deltas.append(.arguments(index: index, call.arguments))
    }
    return deltas
  }

  /// The reply as a stream to a client of this face would bring it: as the backend's own events where the client speaks
  /// the backend's interface.
  public func deltas(for face: Face) -> [ReplyDelta] {
    guard let source, source.dialect.isSpoken(by: face) else { return deltas }
    return switch source.dialect {
    case .openai: chunks(openai: source.root)
    case .anthropic: events(anthropic: source.root)
    case .responses: [.event(type: [], source.root.span.copied, .beyondText)]
    case .custom: deltas
    }
  }

  /// The reply with `text` before it, and its deltas after the text.
  ///
  /// `text` is a JSON string that a backend of this dialect was told to continue.
  public func continuing(
    _ text: [UInt8], in dialect: Dialect
  ) -> (reply: Reply, rest: [ReplyDelta]) {
    var whole = text
    whole.removeLast()
    var repeated = RepeatedBlanks(after: whole.span.extracting(1...), in: dialect)
    var rest: [ReplyDelta] = []
    for delta in deltas {
      let more: [UInt8]
      switch delta {
      case .text(let text), .refusal(let text): more = text
      default:
        rest.append(delta)
        continue
      }
      let skipped = repeated.drop(from: more.span)
      guard skipped < more.count else { continue }
      whole.append(copying: more.span.extracting(skipped...))
      rest.append(.text(more.span.extracting(skipped...).copied))
    }
    whole.append("\"")
    return (Reply(self, content: whole), rest)
  }
}
