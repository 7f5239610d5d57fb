import Bytes
import JSON

/// Writing OpenAI's messages in Anthropic's words. System messages have a field of their own.
extension RequestEncoder {
  /// Appends a message. `content` is in OpenAI's words. What Anthropic refuses is left out: blank messages, and an
  /// assistant's message before the user's first.
  mutating func append(
    _ role: MessageRole, toAnthropic content: Span<UInt8>
  ) throws(TranslationFault) {
    if role == .assistant, !hasMessage { return }
    let isText = content.hasPrefix("\"")
    let parts = isText ? [] : try AnthropicPart.translate(content, from: role)
    lastWasBlank = isText ? content.isBlankJSONString : parts.isEmpty
    if lastWasBlank { return }
    if isText { return append(role, as: content) }
    beginBlocks(role)
    for part in parts { part.write(to: &writer) }
    endBlocks()
  }

  /// Appends one of a client's messages. Results of tools are gathered in one message of the user's, with what the user
  /// says next: Anthropic wants them all at once.
  mutating func append(
    toAnthropic message: JSONValue, _ index: Int
  ) throws(TranslationFault) {
    guard let role = message["role"], !message.isSystemMessage else { return }
    if role.equals("tool") {
      try appendResult(message, index)
    } else if role.equals("user") {
      guard let content = message["content"] else { throw .malformedContent }
      guard gathersResults else { return try append(.user, toAnthropic: content.span) }
      try writeBlocks(of: content, .user)
      endResults()
    } else if role.equals("assistant") {
      endResults()
      try appendReply(message, index)
    } else {
      throw .unsupportedField(Text("messages[\(index)].role").bytes)
    }
  }

  private mutating func appendReply(
    _ message: JSONValue, _ index: Int
  ) throws(TranslationFault) {
    for name in ["audio", "function_call"] as [StaticString] where message[name].present != nil {
      throw .unsupportedField(Text("messages[\(index)].\(name)").bytes)
    }
    let content = message["content"].present ?? message["refusal"].present
    guard let calls = message["tool_calls"].present, !calls.isEmpty else {
      guard let content else { return }
      return try append(.assistant, toAnthropic: content.span)
    }
    beginBlocks(.assistant)
    if let content { try writeBlocks(of: content, .assistant) }
    var place = 0
    for call in calls.elements {
      guard let function = call["function"], let id = call["id"], let name = function["name"],
        let input = Self.input(function["arguments"])
      else { throw .unsupportedField(Text("messages[\(index)].tool_calls[\(place)]").bytes) }
      writer.beginObject()
      writer.member("type", string: "tool_use")
      writer.member("id", raw: id.span)
      writer.member("name", raw: name.span)
      writer.member("input", raw: input.span)
      writer.endObject()
      place += 1
    }
    endBlocks()
  }

  /// The object that the arguments of a call are, which OpenAI has as text.
  private static func input(_ arguments: JSONValue?) -> JSONValue? {
    guard let text = arguments?.string else { return nil }
    let isEmpty = text.span.trimmingBlanks.isEmpty
    let input =
      (try? JSONDocument(isEmpty ? [UInt8]("{}") : text, maximumDepth: ToolCall.maximumDepth))?.root
    return input?.kind == .object ? input : nil
  }

  private mutating func appendResult(
    _ message: JSONValue, _ index: Int
  ) throws(TranslationFault) {
    guard let id = message["tool_call_id"], let content = message["content"] else {
      throw .malformedField(Text("messages[\(index)]").bytes)
    }
    if !gathersResults {
      beginBlocks(.user)
      gathersResults = true
    }
    writer.beginObject()
    writer.member("type", string: "tool_result")
    writer.member("tool_use_id", raw: id.span)
    writer.name("content")
    if content.kind == .string {
      writer.raw(content.span)
    } else {
      writer.beginArray()
      try writeBlocks(of: content, .user)
      writer.endArray()
    }
    writer.endObject()
  }

  /// No more results of tools come.
  mutating func endResults() {
    guard gathersResults else { return }
    gathersResults = false
    endBlocks()
  }

  /// Writes content, a string or parts, as blocks. Blank text has none.
  private mutating func writeBlocks(
    of content: JSONValue, _ role: MessageRole
  ) throws(TranslationFault) {
    if content.kind == .string {
      if !content.span.isBlankJSONString {
        writer.raw("{\"type\":\"text\",\"text\":", content.span, "}")
      }
      return
    }
    for part in try AnthropicPart.translate(content.span, from: role) { part.write(to: &writer) }
  }
}
