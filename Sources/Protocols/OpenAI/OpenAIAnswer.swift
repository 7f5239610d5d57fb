public import Bytes
import JSON

/// A reply as OpenAI's clients expect it, without a stream.
extension Reply {
  /// What OpenAI's backends send beyond the shape, passed on where it came: of the message, the envelope.
  private static let messageMembers: [StaticString] = ["annotations", "audio"]
  private static let envelopeMembers: [StaticString] = ["system_fingerprint", "service_tier"]

  /// A `chat.completion`.
  public func openAIBody(_ identity: AnswerIdentity) -> ByteBuffer {
    if let source, source.dialect == .openai { return passed(source.root, identity) }
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
    writeOpenAIMessage(to: &writer)
    writer.member("logprobs", orNull: details["logprobs"])
    writer.member("finish_reason", string: reason.openai)
    writer.endObject()
    // Further choices, which `n` asks for.
    for choice in details.elements(of: "choices") { writer.raw(choice.span) }
    writer.endArray()
    writeOpenAIUsage(to: &writer)
    write(Self.envelopeMembers, to: &writer)
    writer.endObject()
    return writer.finishedBuffer()
  }

  private func writeOpenAIMessage(to writer: inout JSONWriter) {
    let text = self.text
    writer.beginObject()
    writer.member("role", string: "assistant")
    writer.name("content")
    if text.count > 2, !isRefusal { writer.raw(text.span) } else { writer.null() }
    writer.member("refusal", orNull: details["refusal"])
    if let reasoning = reasoningText { writer.member("reasoning_content", raw: reasoning.span) }
    write(Self.messageMembers, to: &writer)
    if !toolCalls.isEmpty {
      writer.name("tool_calls")
      writer.beginArray()
      for call in toolCalls { writer.openAI(call) }
      writer.endArray()
    }
    writer.endObject()
  }

  /// Writes `usage`: as the backend sent it in OpenAI's names, else by its numbers, 0 for what is not known.
  func writeOpenAIUsage(to writer: inout JSONWriter) {
    writer.name("usage")
    if let object = usage.object, object["prompt_tokens"]?.integer != nil {
      return writer.raw(object.span)
    }
    let (input, output) = (usage.input ?? 0, usage.output ?? 0)
    writer.beginObject()
    writer.member("prompt_tokens", integer: input)
    writer.member("completion_tokens", integer: output)
    writer.member("total_tokens", integer: input + output)
    writer.endObject()
  }

  /// Writes the members of these names that the backend sent.
  private func write(_ names: [StaticString], to writer: inout JSONWriter) {
    for name in names {
      if let value = details[name] { writer.member(name, raw: value.span) }
    }
  }
}

extension FaceError {
  /// The body of an error response to OpenAI's clients: `{"error": {"message", "type", "param", "code"}}`.
  public var openAIBody: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("error")
    writer.beginObject()
    writer.member("message", string: message.bytes.span)
    writer.member("type", string: kind.name)
    if let parameter {
      writer.member("param", string: parameter.span)
    } else {
      writer.name("param")
      writer.null()
    }
    writer.member("code", string: code)
    writer.endObject()
    writer.endObject()
    return writer.finish()
  }
}

extension JSONWriter {
  /// Writes the members that a chunk or completion begins with, as far as the backend's own lacks them.
  mutating func writeMissing(
    from root: JSONValue, _ identity: AnswerIdentity, object: StaticString
  ) {
    if root["id"].present == nil { member("id", string: identity.id.span) }
    if root["object"].present == nil { member("object", string: object) }
    if root["created"].present == nil { member("created", integer: identity.created) }
    if root["model"].present == nil { member("model", string: identity.model.span) }
  }

  /// Writes a member, `null` where there is no value.
  mutating func member(_ name: StaticString, orNull value: JSONValue?) {
    self.name(name)
    if let value { raw(value.span) } else { null() }
  }

  /// Writes a call of a tool.
  fileprivate mutating func openAI(_ call: ToolCall) {
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
}
