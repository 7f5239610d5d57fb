import Bytes
public import JSON

/// A request of OpenAI's Responses in the words of its Chat Completions, from which every dialect but `responses`
/// translates.
extension ChatRequest {
  /// Reads a request; `input` is a string or an array. Throws for what is malformed. What Chat Completions has no words
  /// for is the request's `fault`, because a backend of the same interface can take it.
  public convenience init(responses request: JSONValue) throws(TranslationFault) {
    var fault: TranslationFault?
    var messages = [UInt8]("[]")
    var fields = [UInt8]("{}")
    do throws(TranslationFault) {
      messages = try ResponsesItems.messages(
        of: request["input"] ?? request, after: request["instructions"].present)
    } catch {
      guard !error.isMalformed else { throw error }
      fault = error
    }
    do throws(TranslationFault) {
      fields = try ResponsesFields.chat(request)
    } catch {
      guard !error.isMalformed else { throw error }
      fault = fault ?? error
    }
    // They are JSON, because their parts are, unless they are nested too deeply now.
    guard let messages = try? JSONDocument(messages), let fields = try? JSONDocument(fields) else {
      throw .malformedField([UInt8]("input"))
    }
    self.init(
      .responses, body: fields.root, messages: messages.root, original: request, fault: fault)
  }
}

extension TranslationFault {
  /// Whether the request is invalid in its own interface.
  fileprivate var isMalformed: Bool {
    switch self {
    case .malformedField, .malformedContent: true
    default: false
    }
  }
}

/// From the fields of Responses to those of Chat Completions.
enum ResponsesFields {
  private enum Action: Sendable {
    /// It is sent as it is.
    case same
    /// It is read elsewhere, or only a hint.
    case none
    case maxTokens, tools, choice, parallel, text, reasoning, logprobs, include
  }

  private static let rules: [(name: StaticString, action: Action)] = [
    ("model", .same), ("stream", .same), ("temperature", .same), ("top_p", .same), ("user", .same),
    ("safety_identifier", .same), ("max_output_tokens", .maxTokens), ("tools", .tools),
    ("tool_choice", .choice), ("parallel_tool_calls", .parallel), ("text", .text),
    ("reasoning", .reasoning), ("top_logprobs", .logprobs), ("include", .include),
    ("input", .none), ("instructions", .none), ("previous_response_id", .none),
    ("conversation", .none), ("store", .none), ("background", .none), ("prompt", .none),
    ("metadata", .none), ("truncation", .none), ("stream_options", .none),
    ("service_tier", .none), ("prompt_cache_key", .none), ("prompt_cache_retention", .none),
    ("prompt_cache_options", .none), ("max_tool_calls", .none), ("context_management", .none),
  ]

  /// The fields of a request in the words of Chat Completions, an object.
  static func chat(_ request: JSONValue) throws(TranslationFault) -> [UInt8] {
    let hasTools = request["tools"]?.isNothing == false
    var writer = JSONWriter(reserving: 512)
    writer.beginObject()
    var saysLogprobs = false
    for member in request.members where !member.value.isNull {
      let value = member.value
      guard let rule = rules.first(where: { member.isNamed($0.name) }) else {
        if value.isNothing { continue }
        throw .unsupportedField(member.name.string ?? [])
      }
      switch rule.action {
      case .same: writer.member(rule.name, raw: value.span)
      case .none: break
      case .maxTokens: writer.member("max_tokens", raw: value.span)
      case .tools: if hasTools { try write(tools: value, to: &writer) }
      case .choice: if hasTools { try write(choice: value, to: &writer) }
      case .parallel: if hasTools { writer.member(rule.name, raw: value.span) }
      case .text: try write(text: value, to: &writer)
      case .reasoning: writer.optional("reasoning_effort", value["effort"])
      case .logprobs:
        if value.isNothing { continue }
        writer.member(rule.name, raw: value.span)
        saysLogprobs = true
      case .include:
        // Anything else asks for results of tools that run at OpenAI's, or for encrypted thinking.
        if value.elements.contains(where: { $0.equals("message.output_text.logprobs") }) {
          saysLogprobs = true
        }
      }
    }
    if saysLogprobs { writer.member("logprobs", boolean: true) }
    writer.endObject()
    return writer.finish()
  }

  private static func write(
    tools: JSONValue, to writer: inout JSONWriter
  ) throws(TranslationFault) {
    guard tools.kind == .array else { throw .malformedField([UInt8]("tools")) }
    writer.name("tools")
    writer.beginArray()
    var index = 0
    for tool in tools.elements {
      guard tool.member("type", is: "function") else {
        throw .unsupportedKind(
          Text("tools[\(index)]").bytes, type: tool["type"]?.string ?? [UInt8]("none"))
      }
      // The form of Chat Completions has the members in an object of their own; some clients send that.
      let function = tool["function"] ?? tool
      guard let name = function["name"] else {
        throw .malformedField(Text("tools[\(index)].name").bytes)
      }
      writer.beginObject()
      writer.member("type", string: "function")
      writer.name("function")
      writer.beginObject()
      writer.member("name", raw: name.span)
      for name in ["description", "parameters", "strict"] as [StaticString] {
        writer.optional(name, function[name])
      }
      writer.endObject()
      writer.endObject()
      index += 1
    }
    writer.endArray()
  }

  private static func write(
    choice: JSONValue, to writer: inout JSONWriter
  ) throws(TranslationFault) {
    writer.name("tool_choice")
    if choice.kind == .string { return writer.raw(choice.span) }
    guard choice.member("type", is: "function"),
      let name = choice["name"] ?? choice["function"]?["name"]
    else { throw .unsupportedField([UInt8]("tool_choice")) }
    writer.raw("{\"type\":\"function\",\"function\":{\"name\":", name.span, "}}")
  }

  /// The form of the reply.
  private static func write(text: JSONValue, to writer: inout JSONWriter) throws(TranslationFault) {
    writer.optional("verbosity", text["verbosity"])
    guard let format = text["format"].present, !format.member("type", is: "text") else { return }
    writer.name("response_format")
    if format.member("type", is: "json_object") { return writer.raw(format.span) }
    guard format.member("type", is: "json_schema") else {
      throw .unsupportedField([UInt8]("text.format"))
    }
    writer.beginObject()
    writer.member("type", string: "json_schema")
    writer.name("json_schema")
    writer.beginObject()
    for name in ["name", "description", "schema", "strict"] as [StaticString] {
      writer.optional(name, format[name])
    }
    writer.endObject()
    writer.endObject()
  }
}
