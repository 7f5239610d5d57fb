import Bytes
import JSON

/// A completion of a backend's, for OpenAI's clients: every member as it came, in its order. Changed is only what
/// clients could not read: calls, content in parts, and a finish reason that is not OpenAI's. What every completion has
/// is added where it is missing.
extension Reply {
  func passed(_ root: JSONValue, _ identity: AnswerIdentity) -> ByteBuffer {
    if isWhole(root) { return ByteBuffer(copying: root.span) }
    var writer = JSONWriter(reserving: root.raw.count + 256)
    writer.beginObject()
    writer.writeMissing(from: root, identity, object: "chat.completion")
    for member in root.members where !root.lacksInCompletion(member.name) {
      writer.name(raw: member.name.span)
      guard member.name.equals("choices") else {
        writer.raw(member.value.span)
        continue
      }
      writer.beginArray()
      var isFirst = true
      for choice in member.value.elements {
        if isFirst { write(choice: choice, to: &writer) } else { writer.raw(choice.span) }
        isFirst = false
      }
      writer.endArray()
    }
    if root["usage"].present == nil { writeOpenAIUsage(to: &writer) }
    writer.endObject()
    return writer.finishedBuffer()
  }

  /// Whether a completion can be passed on byte for byte.
  private func isWhole(_ root: JSONValue) -> Bool {
    for name in ["id", "object", "created", "model", "usage"] as [StaticString]
    where root[name].present == nil {
      return false
    }
    guard let choice = root["choices"]?.elements.first(where: { _ in true }),
      choice["index"] != nil, let word = choice["finish_reason"], openAIReason(word) == nil,
      let message = choice["message"], message["role"] != nil,
      let content = message["content"], content.kind != .array
    else { return false }
    var place = 0
    for call in details.elements(of: "tool_calls") {
      defer { place += 1 }
      guard place < toolCalls.count else { break }
      let known = toolCalls[place]
      guard call["type"].present != nil, call["id"].insideOfString == known.id else { return false }
      if let function = call["function"],
        function["arguments"].insideOfString != known.arguments
      {
        return false
      }
    }
    return true
  }

  private func write(choice: JSONValue, to writer: inout JSONWriter) {
    writer.beginObject()
    if choice["index"] == nil { writer.member("index", integer: 0) }
    for member in choice.members {
      writer.name(raw: member.name.span)
      if member.name.equals("message") {
        write(message: member.value, to: &writer)
      } else if member.name.equals("finish_reason"), let word = openAIReason(member.value) {
        writer.string(word)
      } else {
        writer.raw(member.value.span)
      }
    }
    if choice["finish_reason"] == nil { writer.member("finish_reason", string: reason.openai) }
    writer.endObject()
  }

  /// The finish reason; `nil` where the backend's may stay.
  func openAIReason(_ word: JSONValue) -> StaticString? {
    let told = reason.openai
    return word.equals(told) ? nil : told
  }

  /// Writes a message; `asDelta`: as the one delta of a stream, in which calls are counted.
  func write(message: JSONValue, asDelta: Bool = false, to writer: inout JSONWriter) {
    writer.beginObject()
    if message["role"] == nil { writer.member("role", string: "assistant") }
    for member in message.members {
      writer.name(raw: member.name.span)
      if member.name.equals("tool_calls"), member.value.kind == .array {
        write(calls: member.value, counted: asDelta, to: &writer)
      } else if member.name.equals("content"), member.value.kind == .array {
        let text = self.text
        writer.raw(text.span)
        if message.reasoning == nil, let reasoning = reasoningText {
          writer.member("reasoning_content", raw: reasoning.span)
        }
      } else {
        writer.raw(member.value.span)
      }
    }
    if message["content"] == nil { writer.member("content", orNull: nil) }
    writer.endObject()
  }

  private func write(calls: JSONValue, counted: Bool, to writer: inout JSONWriter) {
    writer.beginArray()
    var place = 0
    for call in calls.elements {
      defer { place += 1 }
      guard place < toolCalls.count else {
        writer.raw(call.span)
        continue
      }
      let known = toolCalls[place]
      writer.beginObject()
      if counted { writer.member("index", integer: place) }
      if call["id"] == nil {
        writer.name("id")
        writer.raw("\"", known.id.span, "\"")
      }
      let type = call["type"].present
      if type == nil { writer.member("type", string: "function") }
      for member in call.members where !counted || !member.name.equals("index") {
        if type == nil, member.name.equals("type") { continue }
        writer.name(raw: member.name.span)
        if member.name.equals("id") {
          writer.raw("\"", known.id.span, "\"")
        } else if member.name.equals("function") {
          write(function: member.value, known, to: &writer)
        } else {
          writer.raw(member.value.span)
        }
      }
      writer.endObject()
    }
    writer.endArray()
  }

  private func write(function: JSONValue, _ call: ToolCall, to writer: inout JSONWriter) {
    writer.beginObject()
    for member in function.members {
      writer.name(raw: member.name.span)
      if member.name.equals("arguments") {
        writer.raw("\"", call.arguments.span, "\"")
      } else {
        writer.raw(member.value.span)
      }
    }
    if function["arguments"] == nil {
      writer.name("arguments")
      writer.raw("\"", call.arguments.span, "\"")
    }
    writer.endObject()
  }
}

extension JSONValue {
  /// Whether a member is one that every completion has, and that this one has without a value.
  func lacksInCompletion(_ name: JSONValue) -> Bool {
    for known in ["id", "object", "created", "model", "usage"] as [StaticString]
    where name.equals(known) {
      return self[known].present == nil
    }
    return false
  }
}
