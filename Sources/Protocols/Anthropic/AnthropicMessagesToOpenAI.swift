import Bytes
import JSON

/// Writing Anthropic's messages in OpenAI's words.
///
/// Thinking that Anthropic signed, which only Anthropic takes back, is left out. Other thinking is another backend's
/// reasoning: DeepSeek wants it back with the calls of tools that it led to, and refuses it elsewhere.
extension RequestEncoder {
  /// Stands for the text of a tool's result that has none.
  private static let nextMessage = [UInt8]("\"The result is in the next message.\"")

  /// Appends one of a client's messages. Results of tools become messages of their own, before the rest of the message:
  /// their text alone, because OpenAI takes nothing else from tools. Images and documents of results begin the rest.
  mutating func append(
    fromAnthropic message: JSONValue, _ index: Int
  ) throws(TranslationFault) {
    guard let content = message["content"], content.kind == .string || content.kind == .array else {
      throw .malformedContent
    }
    if message.isSystemMessage { return try append(systemBlocks: content) }
    let isUser = message.member("role", is: "user")
    guard isUser || message.member("role", is: "assistant") else {
      throw .unsupportedField(Text("messages[\(index)].role").bytes)
    }
    if content.kind == .string { return append(isUser ? .user : .assistant, as: content.span) }
    if !isUser { return try appendReply(content, index) }
    var parts = OpenAIParts()
    for block in content.elements where block.member("type", is: "tool_result") {
      try append(result: block, attaching: &parts)
    }
    for block in content.elements where !block.member("type", is: "tool_result") {
      try parts.append(block)
    }
    if let content = parts.finish() { append(.user, as: content.span) }
  }

  private mutating func append(
    result: JSONValue, attaching parts: inout OpenAIParts
  ) throws(TranslationFault) {
    var attached: [JSONValue] = []
    let text = try OpenAIContent(joining: result["content"]) { attached.append($0) }.json
    for block in attached { try parts.append(block) }
    writer.beginObject()
    writer.member("role", string: "tool")
    writer.optional("tool_call_id", result["tool_use_id"])
    writer.name("content")
    if text.count == 2, !attached.isEmpty {
      writer.raw(Self.nextMessage.span)
    } else {
      writer.raw(text.span)
    }
    writer.endObject()
  }

  /// Appends a client's system field.
  mutating func append(anthropicSystemOf chat: ChatRequest) throws(TranslationFault) {
    guard let system = chat.body["system"], !system.isNothing else { return }
    try append(systemBlocks: system)
  }

  private mutating func append(systemBlocks system: JSONValue) throws(TranslationFault) {
    let content = try OpenAIContent(joining: system) { (block) throws(TranslationFault) in
      throw .unsupported(block)
    }
    writer.raw("{\"role\":\"system\",\"content\":", content.json.span, "}")
  }

  private mutating func appendReply(
    _ content: JSONValue, _ index: Int
  ) throws(TranslationFault) {
    var text = [UInt8]("\"")
    var calls: [JSONValue] = []
    var reasoning = [UInt8]("\"")
    for block in content.elements {
      guard let type = block["type"] else { throw .malformedContent }
      if type.equals("text") {
        text.append(copying: block["text"].insideOfString.span)
      } else if type.equals("tool_use") {
        calls.append(block)
      } else if block.isUnsignedThinking {
        reasoning.append(copying: block["thinking"].insideOfString.span)
      } else if !type.equals("thinking"), !type.equals("redacted_thinking") {
        throw .unsupportedPart(type: type.string ?? [])
      }
    }
    text.append("\"")
    if calls.isEmpty { return append(.assistant, as: text.span) }
    writer.beginObject()
    writer.member("role", string: "assistant")
    writer.name("content")
    if text.count > 2 { writer.raw(text.span) } else { writer.null() }
    reasoning.append("\"")
    if reasoning.count > 2 { writer.member("reasoning_content", raw: reasoning.span) }
    writer.name("tool_calls")
    writer.beginArray()
    for call in calls {
      writer.beginObject()
      writer.optional("id", call["id"])
      writer.member("type", string: "function")
      writer.name("function")
      writer.beginObject()
      writer.optional("name", call["name"])
      writer.name("arguments")
      if let input = call["input"] { writer.string(input.span) } else { writer.string("{}") }
      writer.endObject()
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }
}
