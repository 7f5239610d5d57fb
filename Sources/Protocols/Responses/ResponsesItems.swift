import Bytes
import JSON

/// Items of OpenAI's Responses as messages of its Chat Completions.
///
/// What the model did between two messages is one message of the assistant's: its text, its calls and, with calls, its
/// thinking. Images and files of a tool's output follow the outputs in a user's message, because tools' messages are
/// text.
struct ResponsesItems {
  private var writer = JSONWriter(reserving: 512)
  /// The assistant's message that is being put together. Text is the inside of a JSON string.
  private var (text, reasoning) = ([UInt8](), [UInt8]())
  private var hasText = false
  private var calls: [JSONValue] = []
  /// The parts of outputs of tools that are not text.
  private var attached: [[UInt8]] = []
  /// Whether items that Chat Completions have no words for are left out: what another backend did in an earlier turn.
  private var skipsUnknown = false

  init() {
    writer.beginArray()
  }

  /// The messages of an `input` or an `output`, a JSON array; those of `instructions`, if there are any, come first.
  static func messages(
    of items: JSONValue, after instructions: JSONValue? = nil, skippingUnknown: Bool = false
  ) throws(TranslationFault) -> [UInt8] {
    var messages = ResponsesItems()
    messages.skipsUnknown = skippingUnknown
    if let instructions {
      guard instructions.kind == .string else { throw .malformedField([UInt8]("instructions")) }
      messages.writer.raw("{\"role\":\"system\",\"content\":", instructions.span, "}")
    }
    if items.kind == .string {
      messages.writer.raw("{\"role\":\"user\",\"content\":", items.span, "}")
    }
    var index = 0
    for item in items.elements {
      try messages.append(item, index)
      index += 1
    }
    return messages.finish()
  }

  private consuming func finish() -> [UInt8] {
    flush()
    writer.endArray()
    return writer.finish()
  }

  private mutating func append(_ item: JSONValue, _ index: Int) throws(TranslationFault) {
    let type = item["type"].present
    if type?.equals("message") ?? true, let role = item["role"], let content = item["content"] {
      try append(message: content, role, index)
    } else if type?.equals("function_call") == true {
      try Self.check(item, "call_id", index)
      try Self.check(item, "name", index)
      calls.append(item)
    } else if type?.equals("function_call_output") == true {
      try Self.check(item, "call_id", index)
      try append(output: item, index)
    } else if type?.equals("reasoning") == true {
      reasoning += item.reasoningOfItem
    } else if skipsUnknown {
      return
    } else if let type, type.kind == .string, !type.equals("message") {
      throw .unsupportedKind(Text("input[\(index)]").bytes, type: type.string ?? [])
    } else {
      throw .malformedField(Text("input[\(index)]").bytes)
    }
  }

  private static func check(
    _ item: JSONValue, _ name: StaticString, _ index: Int
  ) throws(TranslationFault) {
    guard item[name]?.kind == .string else {
      throw .malformedField(Text("input[\(index)].\(name)").bytes)
    }
  }

  private mutating func append(
    message content: JSONValue, _ role: JSONValue, _ index: Int
  ) throws(TranslationFault) {
    if role.equals("assistant") {
      if hasText, calls.isEmpty { flush() }
      hasText = true
      if content.kind == .string { return text.append(copying: content.inside) }
      for part in content.elements { text += (part["text"] ?? part["refusal"]).insideOfString }
      return
    }
    guard role.equals("user") || role.equals("system") || role.equals("developer") else {
      throw .malformedField(Text("input[\(index)].role").bytes)
    }
    flush()
    writer.beginObject()
    writer.member("role", raw: role.span)
    writer.name("content")
    if content.kind == .string {
      writer.raw(content.span)
    } else {
      let parts = try Self.parts(of: content, index)
      // Many backends take nothing but text.
      if parts.count == 1, let text = content.elements.first(where: { _ in true })?["text"] {
        writer.raw(text.span)
      } else {
        writer.elements(parts)
      }
    }
    writer.endObject()
  }

  private mutating func append(output item: JSONValue, _ index: Int) throws(TranslationFault) {
    flushReply()
    var text = [UInt8]("\"")
    if let output = item["output"], output.kind == .string {
      text.append(copying: output.inside)
    } else if let output = item["output"], output.kind == .array {
      for part in output.elements {
        if let piece = part["text"], piece.kind == .string {
          if text.count > 1 { text.append("\\n\\n") }
          text.append(copying: piece.inside)
        } else {
          attached.append(try Self.part(part, index))
        }
      }
    } else {
      throw .malformedField(Text("input[\(index)].output").bytes)
    }
    if text.count == 1, !attached.isEmpty { text.append("The result is in the next message.") }
    text.append("\"")
    writer.beginObject()
    writer.member("role", string: "tool")
    writer.optional("tool_call_id", item["call_id"])
    writer.member("content", raw: text.span)
    writer.endObject()
  }

  /// The parts of a user's message in the words of Chat Completions, each as JSON.
  private static func parts(
    of content: JSONValue, _ index: Int
  ) throws(TranslationFault) -> [[UInt8]] {
    guard content.kind == .array else {
      throw .malformedField(Text("input[\(index)].content").bytes)
    }
    var parts: [[UInt8]] = []
    for part in content.elements { parts.append(try self.part(part, index)) }
    return parts
  }

  private static func part(_ part: JSONValue, _ index: Int) throws(TranslationFault) -> [UInt8] {
    var writer = JSONWriter(reserving: part.raw.count + 64)
    let type = part["type"]
    if let text = part["text"], text.kind == .string {
      writer.raw("{\"type\":\"text\",\"text\":", text.span, "}")
    } else if type?.equals("input_image") == true, let url = part["image_url"].present {
      let url = url["url"] ?? url
      writer.beginObject()
      writer.member("type", string: "image_url")
      writer.name("image_url")
      writer.beginObject()
      writer.member("url", raw: url.span)
      writer.optional("detail", part["detail"])
      writer.endObject()
      writer.endObject()
    } else if type?.equals("input_file") == true, part["file_url"].present == nil {
      writer.beginObject()
      writer.member("type", string: "file")
      writer.name("file")
      writer.beginObject()
      for name in ["filename", "file_data", "file_id"] as [StaticString] {
        writer.optional(name, part[name])
      }
      writer.endObject()
      writer.endObject()
    } else if type?.equals("input_audio") == true {
      writer.raw(part.span)
    } else if let type, type.kind == .string {
      throw .unsupportedKind(Text("input[\(index)].content").bytes, type: type.string ?? [])
    } else {
      throw .malformedField(Text("input[\(index)].content").bytes)
    }
    return writer.finish()
  }

  /// Ends the assistant's message, and the user's with what outputs of tools have besides text.
  private mutating func flush() {
    flushReply()
    guard !attached.isEmpty else { return }
    writer.beginObject()
    writer.member("role", string: "user")
    writer.name("content")
    writer.elements(attached)
    writer.endObject()
    attached = []
  }

  private mutating func flushReply() {
    defer { (text, reasoning, hasText, calls) = ([], [], false, []) }
    guard hasText || !calls.isEmpty else { return }
    if !attached.isEmpty {
      let (kept, said) = (calls, hasText)
      (calls, hasText) = ([], false)
      flush()
      (calls, hasText) = (kept, said)
    }
    let (text, reasoning) = (text, reasoning)
    writer.beginObject()
    writer.member("role", string: "assistant")
    writer.name("content")
    if hasText { writer.raw("\"", text.span, "\"") } else { writer.null() }
    if !calls.isEmpty {
      if !reasoning.isEmpty {
        writer.name("reasoning_content")
        writer.raw("\"", reasoning.span, "\"")
      }
      writer.name("tool_calls")
      writer.beginArray()
      for call in calls {
        writer.beginObject()
        writer.optional("id", call["call_id"])
        writer.member("type", string: "function")
        writer.name("function")
        writer.beginObject()
        writer.optional("name", call["name"])
        writer.optional("arguments", call["arguments"])
        writer.endObject()
        writer.endObject()
      }
      writer.endArray()
    }
    writer.endObject()
  }
}

extension JSONValue {
  /// The text of an item with thinking, the inside of a JSON string: its summary, or the thinking itself.
  var reasoningOfItem: [UInt8] {
    var text: [UInt8] = []
    for name in ["summary", "content"] as [StaticString] {
      guard text.isEmpty, let parts = self[name] else { continue }
      for part in parts.elements {
        let piece = part["text"].insideOfString
        if !text.isEmpty, !piece.isEmpty { text.append("\\n\\n") }
        text += piece
      }
    }
    return text
  }
}

extension JSONWriter {
  /// Writes an array of values that are JSON already.
  mutating func elements(_ elements: [[UInt8]]) {
    beginArray()
    for element in elements { raw(element.span) }
    endArray()
  }
}
