import Bytes
import JSON

/// What a streamed reply brings, piece by piece. Text is as it stands inside a JSON string, byte for byte as the
/// backend sent it, without the quotes.
public enum ReplyDelta: Equatable, Sendable {
  /// More of the content.
  case text([UInt8])
  /// What is known of the tokens of the piece that follows, a JSON object; OpenAI alone has it.
  case logprobs([UInt8])
  /// More of what the model thinks before and while it answers.
  case reasoning([UInt8])
  /// What proves that the thinking is the model's own; Anthropic alone has it.
  case signature([UInt8])
  /// A call of a tool begins: the calls of a reply count from 0.
  case toolCall(index: Int, id: [UInt8], name: [UInt8])
  /// More of the arguments of a call, which together are a JSON text.
  case arguments(index: Int, [UInt8])
}

extension Reply {
  /// The reply as a stream would bring it, in one piece each: what the model thought, text, and calls of tools. Of
  /// content in parts, the texts. O(n).
  public var deltas: [ReplyDelta] {
    let content = content
    let metadata = (try? JSONDocument(self.metadata))?.root
    var deltas = Reply.reasoning(in: metadata)
    if let logprobs = metadata?["logprobs"], logprobs.kind == .object {
      deltas.append(.logprobs(logprobs.span.copied))
    }
    if content.span.hasPrefix("\"") {
      if content.count > 2 { deltas.append(.text(Array(content[1..<content.count - 1]))) }
    } else if let parts = (try? JSONDocument(content))?.root.elements {
      for part in parts where part.member("type", is: "text") {
        let text = part["text"].insideOfString
        if !text.isEmpty {
          deltas.append(.text(text))
        }
      }
    }
    for (index, call) in toolCalls.enumerated() {
      deltas.append(.toolCall(index: index, id: call.id, name: call.name))
      deltas.append(.arguments(index: index, call.arguments))
    }
    return deltas
  }

  /// The reply with `text` in front, a JSON string that a backend of this dialect was told to continue; and what of it
  /// comes after the text.
  public func continuing(
    _ text: [UInt8], in dialect: Dialect
  ) -> (reply: Reply, rest: [ReplyDelta]) {
    var whole = text
    whole.removeLast()
    var repeated = RepeatedBlanks(after: whole.span.extracting(1...), in: dialect)
    var rest: [ReplyDelta] = []
    for delta in deltas {
      guard case .text(let more) = delta else {
        rest.append(delta)
        continue
      }
      let skipped = repeated.drop(from: more.span)
      guard skipped < more.count else { continue }
      whole.append(copying: more.span.extracting(skipped...))
      rest.append(.text(more.span.extracting(skipped...).copied))
    }
    whole.append("\"")
    let reply = Reply(
      content: whole, attachments: attachments, metadata: metadata, usage: usage,
      finishReason: finishReason, toolCalls: toolCalls)
    return (reply, rest)
  }
}
