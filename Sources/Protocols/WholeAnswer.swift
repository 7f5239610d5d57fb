import Bytes
import JSON

/// A reply as the body of an answer without a stream, in the shapes that OpenAI's and Anthropic's clients expect.
extension Reply {
  /// What OpenAI's backends say beyond the shape, passed on where it came: of the message, the choice, the envelope.
  private static let messageMembers: [StaticString] = ["annotations", "audio"]
  private static let envelopeMembers: [StaticString] = ["system_fingerprint", "service_tier"]

  /// A `chat.completion`.
  public func openAIBody(_ identity: AnswerIdentity) -> [UInt8] {
    let parts = ReplyParts(self)
    var writer = JSONWriter(reserving: content.count + 512)
    writer.beginObject()
    writer.member("id", string: identity.id.span)
    writer.member("object", string: "chat.completion")
    writer.member("created", integer: identity.created)
    writer.member("model", string: identity.model.span)
    writer.name("choices")
    writer.beginArray()
    writer.beginObject()
    writer.member("index", integer: 0)
    writer.name("message")
    writeOpenAIMessage(parts, to: &writer)
    writer.name("logprobs")
    if let logprobs = parts.metadata?["logprobs"] {
      writer.raw(logprobs.span)
    } else {
      writer.null()
    }
    writer.member("finish_reason", string: FinishReason.openai(self))
    writer.endObject()
    // Further choices, which `n` asks for.
    if let choices = parts.metadata?["choices"] {
      for choice in choices.elements { writer.raw(choice.span) }
    }
    writer.endArray()
    writer.openAIUsage(self, parts)
    writer.members(Self.envelopeMembers, of: parts)
    writer.endObject()
    return writer.finish()
  }

  /// A `message`.
  public func anthropicBody(_ identity: AnswerIdentity) -> [UInt8] {
    let parts = ReplyParts(self)
    var writer = JSONWriter(reserving: content.count + 512)
    writer.beginObject()
    writer.anthropicHead(identity)
    writer.name("content")
    writer.beginArray()
    for block in parts.thinkingBlocks { writer.raw(block.span) }
    if parts.thinkingBlocks.isEmpty, let reasoning = parts.reasoning {
      // As in a stream: nobody vouches for it.
      writer.raw("{\"type\":\"thinking\",\"thinking\":", reasoning.span, ",\"signature\":\"\"}")
    }
    if !parts.isEmpty { writer.raw("{\"type\":\"text\",\"text\":", parts.text.span, "}") }
    for call in toolCalls { writer.toolUse(call) }
    writer.endArray()
    writer.stopReason(self, parts)
    writer.anthropicUsage(self, parts)
    writer.endObject()
    return writer.finish()
  }

  private func writeOpenAIMessage(_ parts: ReplyParts, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("role", string: "assistant")
    writer.name("content")
    if parts.isEmpty { writer.null() } else { writer.raw(parts.text.span) }
    writer.name("refusal")
    if let refusal = parts.metadata?["refusal"] { writer.raw(refusal.span) } else { writer.null() }
    if let reasoning = parts.reasoning { writer.member("reasoning_content", raw: reasoning.span) }
    writer.members(Self.messageMembers, of: parts)
    if !toolCalls.isEmpty {
      writer.name("tool_calls")
      writer.beginArray()
      for call in toolCalls { writer.toolCall(call) }
      writer.endArray()
    }
    writer.endObject()
  }
}

extension JSONWriter {
  /// The members that an Anthropic message begins with.
  mutating func anthropicHead(_ identity: AnswerIdentity) {
    member("id", string: identity.id.span)
    member("type", string: "message")
    member("role", string: "assistant")
    member("model", string: identity.model.span)
  }

  /// Why it ended, in Anthropic's members.
  mutating func stopReason(_ reply: Reply, _ parts: ReplyParts) {
    member("stop_reason", string: FinishReason.anthropic(reply))
    name("stop_sequence")
    if let sequence = parts.metadata?["stop_sequence"] { raw(sequence.span) } else { null() }
  }

  /// A call of a tool in OpenAI's shape.
  fileprivate mutating func toolCall(_ call: ToolCall) {
    beginObject()
    name("id")
    raw("\"", call.id.span, "\"")
    member("type", string: "function")
    name("function")
    beginObject()
    name("name")
    raw("\"", call.name.span, "\"")
    name("arguments")
    raw("\"", call.arguments.span, "\"")
    endObject()
    endObject()
  }

  /// A call of a tool in Anthropic's shape, whose input is an object: empty where the arguments are none.
  fileprivate mutating func toolUse(_ call: ToolCall) {
    beginObject()
    member("type", string: "tool_use")
    name("id")
    raw("\"", call.id.span, "\"")
    name("name")
    raw("\"", call.name.span, "\"")
    name("input")
    var quoted = [UInt8]("\"")
    quoted.append(copying: call.arguments.span)
    quoted.append("\"")
    if let text = (try? JSONDocument(quoted))?.root.string,
      let input = (try? JSONDocument(text, maximumDepth: 60))?.root, input.kind == .object
    {
      raw(input.span)
    } else {
      beginObject()
      endObject()
    }
    endObject()
  }

  /// Members of the metadata that came, under their own names.
  fileprivate mutating func members(_ names: [StaticString], of parts: ReplyParts) {
    for name in names {
      if let value = parts.metadata?[name] { member(name, raw: value.span) }
    }
  }
}
