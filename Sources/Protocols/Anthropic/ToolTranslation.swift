import Bytes
import JSON

/// Tools, and the choice among them, between OpenAI's words and Anthropic's.
enum ToolTranslation {
  /// The choices that are a word in both: OpenAI's, and Anthropic's type.
  private static let choices: [(openai: StaticString, anthropic: StaticString)] = [
    ("auto", "auto"), ("required", "any"), ("none", "none"),
  ]

  /// OpenAI's tools in Anthropic's words.
  static func toAnthropic(_ tools: JSONValue) throws(TranslationFault) -> [UInt8] {
    guard tools.kind == .array else { throw .malformedField([UInt8]("tools")) }
    var writer = JSONWriter(reserving: tools.raw.count + 64)
    writer.beginArray()
    var index = 0
    for tool in tools.elements {
      try writeForAnthropic(tool, index, to: &writer)
      index += 1
    }
    writer.endArray()
    return writer.finish()
  }

  /// Anthropic's tools in OpenAI's words.
  static func fromAnthropic(_ tools: JSONValue) throws(TranslationFault) -> [UInt8] {
    guard tools.kind == .array else { throw .malformedField([UInt8]("tools")) }
    var writer = JSONWriter(reserving: tools.raw.count + 64)
    writer.beginArray()
    var index = 0
    for tool in tools.elements {
      try writeForOpenAI(tool, index, to: &writer)
      index += 1
    }
    writer.endArray()
    return writer.finish()
  }

  private static func writeForAnthropic(
    _ tool: JSONValue, _ index: Int, to writer: inout JSONWriter
  ) throws(TranslationFault) {
    guard tool.member("type", is: "function"), let function = tool["function"],
      let name = function["name"]
    else { throw .unsupportedField(Text("tools[\(index)]").bytes) }
    writer.beginObject()
    writer.member("name", raw: name.span)
    writer.optional("description", function["description"])
    if let schema = function["parameters"], schema.kind == .object {
      writer.member("input_schema", raw: schema.span)
    } else {
      let none = [UInt8]("{\"type\":\"object\",\"properties\":{}}")
      writer.member("input_schema", raw: none.span)
    }
    if function["strict"]?.boolean == true { writer.member("strict", boolean: true) }
    writer.optional("cache_control", tool["cache_control"])
    writer.endObject()
  }

  /// Tools of another type than `custom` are Anthropic's own, which run at Anthropic's.
  private static func writeForOpenAI(
    _ tool: JSONValue, _ index: Int, to writer: inout JSONWriter
  ) throws(TranslationFault) {
    let type = tool["type"]
    guard type == nil || type?.isNull == true || type?.equals("custom") == true,
      let name = tool["name"]
    else { throw .unsupportedField(Text("tools[\(index)]").bytes) }
    writer.beginObject()
    writer.member("type", string: "function")
    writer.name("function")
    writer.beginObject()
    writer.member("name", raw: name.span)
    writer.optional("description", tool["description"])
    writer.optional("parameters", tool["input_schema"])
    writer.optional("strict", tool["strict"])
    writer.endObject()
    writer.endObject()
  }

  /// Which tool is to be called, in OpenAI's words.
  static func choiceFromAnthropic(_ choice: JSONValue) throws(TranslationFault) -> [UInt8] {
    let type = choice["type"]
    for word in choices where type?.equals(word.anthropic) == true {
      var writer = JSONWriter()
      writer.string(word.openai)
      return writer.finish()
    }
    guard type?.equals("tool") == true, let name = choice["name"] else {
      throw .unsupportedField([UInt8]("tool_choice"))
    }
    var writer = JSONWriter()
    writer.raw("{\"type\":\"function\",\"function\":{\"name\":", name.span, "}}")
    return writer.finish()
  }

  /// Which tool is to be called, in Anthropic's words; `isSerial`: only one at a time. `nil` if nothing is asked for.
  static func choiceToAnthropic(
    _ choice: JSONValue?, isSerial: Bool
  ) throws(TranslationFault) -> [UInt8]? {
    var type: StaticString = "auto"
    var name: JSONValue?
    if let choice, !choice.isNull {
      if let word = choices.first(where: { choice.equals($0.openai) }) {
        type = word.anthropic
      } else {
        guard choice.member("type", is: "function"), let wanted = choice["function"]?["name"]
        else { throw .unsupportedField([UInt8]("tool_choice")) }
        (type, name) = ("tool", wanted)
      }
    } else if !isSerial {
      return nil
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("type", string: type)
    if let name { writer.member("name", raw: name.span) }
    if isSerial, choice?.equals("none") != true {
      writer.member("disable_parallel_tool_use", boolean: true)
    }
    writer.endObject()
    return writer.finish()
  }
}
