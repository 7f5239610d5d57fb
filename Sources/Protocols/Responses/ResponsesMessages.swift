import Bytes
import JSON

/// Writing messages of Chat Completions as items of Responses.
extension RequestEncoder {
  /// Appends the items of a client's `input` as they came, but for thinking that Postern has made of another backend's.
  mutating func append(input: JSONValue) {
    if input.kind == .string { return append(.user, as: input.span) }
    for item in input.elements where !item.isThinkingOfPostern { append(unchanged: item) }
  }

  /// Appends the items of messages that `write` writes in the words of Chat Completions.
  mutating func appendItems(
    _ write: (inout RequestEncoder) throws(TranslationFault) -> Void
  ) throws(TranslationFault) {
    let plain = RequestProfile(dialect: .openai, botID: [], botName: [])
    var openai = RequestEncoder(plain, conversationID: [], user: nil, metadata: nil)
    try write(&openai)
    let body = try openai.finish()
    guard let messages = (try? JSONDocument(body.bytes))?.root["messages"] else {
      throw .malformedContent
    }
    for message in messages.elements { try append(asItems: message, 0) }
  }

  /// Appends a message in the words of Chat Completions.
  mutating func append(
    asItems message: JSONValue, _ index: Int
  ) throws(TranslationFault) {
    guard let role = message["role"] else { throw .malformedContent }
    let content = message["content"].present ?? message["refusal"].present
    if role.equals("tool") {
      beginItem("function_call_output")
      writer.optional("call_id", message["tool_call_id"])
      writer.name("output")
      try write(content: content, isReply: false)
      writer.endObject()
      return
    }
    for name in ["audio", "function_call"] as [StaticString] where message[name].present != nil {
      throw .unsupportedField(Text("messages[\(index)].\(name)").bytes)
    }
    if let content, content.kind != .string || !content.isEmpty {
      beginItem(nil)
      writer.member("role", raw: role.span)
      writer.name("content")
      try write(content: content, isReply: role.equals("assistant"))
      writer.endObject()
    }
    guard let calls = message["tool_calls"].present else { return }
    var place = 0
    for call in calls.elements {
      guard let function = call["function"] else {
        throw .unsupportedField(Text("messages[\(index)].tool_calls[\(place)]").bytes)
      }
      beginItem("function_call")
      writer.optional("call_id", call["id"])
      writer.optional("name", function["name"])
      writer.optional("arguments", function["arguments"])
      writer.endObject()
      place += 1
    }
  }

  private mutating func beginItem(_ type: StaticString?) {
    noteMessage()
    writer.beginObject()
    if let type { writer.member("type", string: type) }
  }

  /// Writes content: a string, or parts. What the assistant said is text in any case.
  private mutating func write(
    content: JSONValue?, isReply: Bool
  ) throws(TranslationFault) {
    guard let content, content.kind == .array else {
      if let content { writer.raw(content.span) } else { writer.string("") }
      return
    }
    if isReply {
      var text = [UInt8]("\"")
      for part in content.elements { text += (part["text"] ?? part["refusal"]).insideOfString }
      text.append("\"")
      return writer.raw(text.span)
    }
    writer.beginArray()
    for part in content.elements { try write(part: part) }
    writer.endArray()
  }

  private mutating func write(part: JSONValue) throws(TranslationFault) {
    guard let type = part["type"] else { throw .malformedContent }
    writer.beginObject()
    if type.equals("text") {
      writer.member("type", string: "input_text")
      writer.optional("text", part["text"])
    } else if type.equals("image_url"), let image = part["image_url"] {
      writer.member("type", string: "input_image")
      writer.optional("image_url", image["url"] ?? image)
      writer.optional("detail", image["detail"])
    } else if type.equals("file"), let file = part["file"] {
      writer.member("type", string: "input_file")
      for member in file.members {
        writer.member(member)
      }
    } else {
      throw .unsupportedPart(type: type.string ?? [])
    }
    writer.endObject()
  }
}

extension JSONValue {
  /// Whether an item is thinking that Postern has made of another backend's: its identifier ends with its place.
  var isThinkingOfPostern: Bool {
    guard member("type", is: "reasoning"), self["encrypted_content"].present == nil else {
      return false
    }
    let id = self["id"].insideOfString
    return id.count > 28 && id[27] == UInt8(ascii: "_")
  }
}

extension ResponsesFields {
  /// The fields of Chat Completions that Responses have under the same name.
  private static let shared: [StaticString] = [
    "temperature", "top_p", "user", "safety_identifier", "metadata", "parallel_tool_calls",
    "service_tier", "prompt_cache_key", "prompt_cache_retention", "top_logprobs", "store",
  ]
  /// Those that only hint.
  private static let hints: [StaticString] = [
    "stream_options", "prediction", "seed", "cache_control", "context_management",
    "include_reasoning", "reasoning_format", "enable_thinking", "thinking_budget",
  ]

  /// Fields of Chat Completions to those of Responses.
  static func rename(_ fields: inout ChatFields) throws(TranslationFault) {
    let given = fields.takeAll()
    var (format, verbosity): (JSONValue?, JSONValue?)
    for field in given {
      let (name, value) = (field.name, field.value)
      if value.isNull || has(hints, name) { continue }
      if has(shared, name) {
        fields.set([UInt8](name), value)
      } else if RequestParameter.limitsReply(name.span) {
        fields.set("max_output_tokens", value)
      } else if name.span.equals("tools") {
        try fields.set("tools", written: tools(value))
      } else if name.span.equals("tool_choice") {
        if let wanted = value["function"]?["name"] {
          try fields.set("tool_choice", wrapping: "{\"type\":\"function\",\"name\":", wanted, "}")
        } else if value.kind == .string {
          fields.set("tool_choice", value)
        } else {
          throw .unsupportedField(name)
        }
      } else if name.span.equals("response_format") {
        format = value
      } else if name.span.equals("verbosity") {
        verbosity = value
      } else if name.span.equals("reasoning_effort") {
        if fields.sendsHints {
          try fields.set("reasoning", wrapping: "{\"effort\":", value, "}")
        }
      } else if name.span.equals("reasoning"), value.kind == .object {
        if fields.sendsHints { fields.set("reasoning", value) }
      } else if name.span.equals("logprobs"), value.boolean == true {
        try fields.set("include", written: [UInt8]("[\"message.output_text.logprobs\"]"))
      } else if !value.isNothing || name.span.equals("web_search_options"),
        !asksForDefault(name, value), !isHint(name, fields.chat.face)
      {
        throw .unsupportedField(name)
      }
    }
    if let text = try text(format, fields.sendsHints ? verbosity : nil) {
      try fields.set("text", written: text)
    }
  }

  private static func has(_ names: [StaticString], _ name: [UInt8]) -> Bool {
    for known in names where name.span.equals(known) { return true }
    return false
  }

  /// Whether a field is one of Ollama's options that only say how to choose words.
  private static func isHint(_ name: [UInt8], _ face: Face) -> Bool {
    face == .ollama && !name.span.equals("stop")
  }

  private static func asksForDefault(_ name: [UInt8], _ value: JSONValue) -> Bool {
    name.span.equals("n") && value.isWritten("1")
      || name.span.equals("modalities") && value.isWritten("[\"text\"]")
      || name.span.equals("function_call") && value.isWritten("\"none\"")
  }

  private static func tools(_ tools: JSONValue) throws(TranslationFault) -> [UInt8] {
    var writer = JSONWriter(reserving: tools.raw.count + 64)
    writer.beginArray()
    var index = 0
    for tool in tools.elements {
      guard let function = tool["function"], tool.member("type", is: "function") else {
        throw .unsupportedField(Text("tools[\(index)]").bytes)
      }
      writer.beginObject()
      writer.member("type", string: "function")
      for member in function.members {
        writer.member(member)
      }
      // Both are required there; Chat Completions are not strict by default.
      if function["parameters"] == nil {
        writer.name("parameters")
        writer.raw([UInt8]("{\"type\":\"object\",\"properties\":{}}").span)
      }
      if function["strict"] == nil { writer.member("strict", boolean: false) }
      writer.endObject()
      index += 1
    }
    writer.endArray()
    return writer.finish()
  }

  /// The form of the reply: two fields to one.
  private static func text(
    _ format: JSONValue?, _ verbosity: JSONValue?
  ) throws(TranslationFault) -> [UInt8]? {
    if format == nil, verbosity == nil { return nil }
    var writer = JSONWriter()
    writer.beginObject()
    if let format {
      writer.name("format")
      if let schema = format["json_schema"] {
        writer.beginObject()
        writer.member("type", string: "json_schema")
        for member in schema.members {
          writer.member(member)
        }
        writer.endObject()
      } else {
        writer.raw(format.span)
      }
    }
    writer.optional("verbosity", verbosity)
    writer.endObject()
    return writer.finish()
  }

  /// The fields of a request of Responses for a backend with the words of Chat Completions, where more is known of it.
  @inline(never)
  static func adjust(_ fields: inout ChatFields) throws(TranslationFault) {
    if !fields.sendsHints {
      fields.remove("reasoning_effort")
      fields.remove("verbosity")
    }
    if fields.profile.overrides("max_completion_tokens"), let limit = fields["max_tokens"] {
      fields.remove("max_tokens")
      fields.set("max_completion_tokens", limit)
    }
  }
}
