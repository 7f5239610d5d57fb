import Bytes
public import JSON

extension ChatRequest {
  /// Reads a request of Ollama's clients in the words of Chat Completions, from which every dialect translates.
  ///
  /// The request's prompt, for `completions`, is a user's message. A request without a message asks to load the model.
  /// Throws for what is malformed, and for what no backend of Postern's can do.
  public convenience init(ollama request: JSONValue, for purpose: Purpose) throws(TranslationFault)
  {
    var translation = OllamaRequest()
    let body = try translation.chat(request, purpose)
    // It is JSON, because its parts are, unless it is nested too deeply now.
    guard let root = (try? JSONDocument(body))?.root, let messages = root["messages"] else {
      throw .malformedField([UInt8]("messages"))
    }
    self.init(.ollama, body: root, messages: messages)
  }
}

/// The translation of one request.
private struct OllamaRequest {
  private var writer = JSONWriter(reserving: 512)
  /// The calls of tools whose results have not come: Ollama's have no identifiers, or only sometimes.
  private var open: [(id: [UInt8], name: [UInt8])] = []
  private var callCount = 0

  /// Options that are numbers. All but the last have the same name in both interfaces.
  private static let numbers: [StaticString] = [
    "temperature", "top_p", "seed", "frequency_penalty", "presence_penalty", "num_predict",
  ]
  /// What Ollama does with a model's own text, and Postern's backends do not.
  private static let refused: [StaticString] = ["suffix", "raw", "template", "context"]
  /// How an image begins in base64, and the part before it.
  private static let images: [(mark: StaticString, part: StaticString)] = [
    ("iVBORw0KGg", "data:image/png;base64,"), ("/9j/", "data:image/jpeg;base64,"),
    // As some writers of JSON have it.
    ("\\/9j\\/", "data:image/jpeg;base64,"), ("R0lGOD", "data:image/gif;base64,"),
    ("UklGR", "data:image/webp;base64,"), ("data:image", ""), ("data:image\\/", ""),
  ]

  init() {}

  /// The body in the words of Chat Completions.
  mutating func chat(
    _ request: JSONValue, _ purpose: Purpose
  ) throws(TranslationFault) -> [UInt8] {
    writer.beginObject()
    writer.optional("model", request["model"])
    if let stream = request["stream"].present {
      writer.member("stream", raw: stream.span)
    } else {
      writer.member("stream", boolean: true)
    }
    writer.name("messages")
    writer.beginArray()
    if purpose == .completions {
      for name in Self.refused where request[name]?.isNothing == false {
        throw .unsupportedField([UInt8](name))
      }
      try appendPrompt(of: request)
    } else if let messages = try Self.member("messages", of: request, .array) {
      var index = 0
      for message in messages.elements {
        try append(message, index)
        index += 1
      }
    }
    writer.endArray()
    if purpose == .chat, let tools = try Self.member("tools", of: request, .array) {
      writer.member("tools", raw: tools.span)
    }
    try appendFields(of: request)
    writer.endObject()
    return writer.finish()
  }

  /// A member that must be of a kind, of the request or of the message at `index`; `nil` for one that is missing or empty.
  @inline(never)
  private static func member(
    _ name: StaticString, of value: JSONValue, _ kind: JSONKind, _ index: Int? = nil
  ) throws(TranslationFault) -> JSONValue? {
    guard let member = value[name].present else { return nil }
    guard member.kind == kind else { throw .malformedField(Self.name(name, index)) }
    return member.isEmpty ? nil : member
  }

  /// The name of a member of the request, or of the message at `index`.
  @inline(never)
  private static func name(_ member: StaticString, _ index: Int?) -> [UInt8] {
    guard let index else { return [UInt8](member) }
    return Text("messages[\(index)].\(member)").bytes
  }

  // MARK: Messages

  private mutating func appendPrompt(of request: JSONValue) throws(TranslationFault) {
    let system = try Self.member("system", of: request, .string)
    let prompt = try Self.member("prompt", of: request, .string)
    let images = try Self.member("images", of: request, .array)
    if prompt == nil, images == nil { return }
    if let system { writer.raw("{\"role\":\"system\",\"content\":", system.span, "}") }
    writer.beginObject()
    writer.member("role", string: "user")
    try append(prompt, images, nil)
    writer.endObject()
  }

  private mutating func append(_ message: JSONValue, _ index: Int) throws(TranslationFault) {
    guard let role = try Self.member("role", of: message, .string, index) else {
      throw .malformedField(Self.name("role", index))
    }
    let content = try Self.member("content", of: message, .string, index)
    let images = try Self.member("images", of: message, .array, index)
    let calls = try Self.member("tool_calls", of: message, .array, index)
    if role.equals("user") {
      open = []
    } else if images != nil {
      throw .unsupportedField(Self.name("images", index))
    }
    writer.beginObject()
    writer.member("role", raw: role.span)
    try append(content, images, index, orNull: calls != nil)
    if let calls {
      // DeepSeek wants it back with the calls that it led to.
      if let thought = message["thinking"], thought.kind == .string, !thought.isEmpty {
        writer.member("reasoning_content", raw: thought.span)
      }
      try append(calls: calls, index)
    }
    if role.equals("tool") {
      let id = answeredCall(message["tool_call_id"], message["tool_name"] ?? message["name"])
      writer.name("tool_call_id")
      writer.raw("\"", id.span, "\"")
    }
    writer.endObject()
  }

  private mutating func append(
    _ content: JSONValue?, _ images: JSONValue?, _ index: Int?, orNull: Bool = false
  ) throws(TranslationFault) {
    writer.name("content")
    guard let images else {
      if let content {
        writer.raw(content.span)
      } else {
        orNull ? writer.null() : writer.string("")
      }
      return
    }
    writer.beginArray()
    if let content { writer.raw("{\"type\":\"text\",\"text\":", content.span, "}") }
    for image in images.elements {
      guard image.kind == .string,
        let known = Self.images.first(where: { image.inside.hasPrefix($0.mark) })
      else { throw .malformedField(Self.name("images", index)) }
      var url = [UInt8](known.part)
      url.append(copying: image.inside)
      writer.raw(
        "{\"type\":\"image_url\",\"image_url\":{\"url\":\"", url.span, "\"}}")
    }
    writer.endArray()
  }

  // MARK: Calls of tools

  private mutating func append(calls: JSONValue, _ index: Int) throws(TranslationFault) {
    writer.name("tool_calls")
    writer.beginArray()
    for call in calls.elements {
      guard let function = call["function"], let name = function["name"], name.kind == .string
      else { throw .malformedField(Self.name("tool_calls", index)) }
      let given = call["id"].insideOfString
      let id = given.isEmpty ? newID() : given
      open.append((id, name.string ?? []))
      writer.beginObject()
      writer.name("id")
      writer.raw("\"", id.span, "\"")
      writer.member("type", string: "function")
      writer.name("function")
      writer.beginObject()
      writer.member("name", raw: name.span)
      writer.name("arguments")
      if let arguments = function["arguments"].present {
        if arguments.kind == .string {
          writer.raw(arguments.span)
        } else {
          writer.string(arguments.span)
        }
      } else {
        writer.string("{}")
      }
      writer.endObject()
      writer.endObject()
    }
    writer.endArray()
  }

  /// The identifier of the call that a tool's message answers: the given one, that of the first call of the tool that has
  /// no result, or that of the first call without a result.
  private mutating func answeredCall(_ given: JSONValue?, _ tool: JSONValue?) -> [UInt8] {
    let id = given.insideOfString
    let name = tool?.string
    let place =
      id.isEmpty
      ? open.firstIndex { $0.name == name } ?? (open.isEmpty ? nil : 0)
      : open.firstIndex { $0.id == id }
    let call = place.map { open.remove(at: $0) }
    return id.isEmpty ? call?.id ?? newID() : id
  }

  /// The identifier of the next call of the conversation, the same for each request. Mistral takes nine letters and
  /// digits, and nothing else.
  private mutating func newID() -> [UInt8] {
    var id = [UInt8]("call")
    id.append(decimal: callCount, width: 5)
    callCount += 1
    return id
  }

  // MARK: Fields

  private mutating func appendFields(of request: JSONValue) throws(TranslationFault) {
    if let format = request["format"].present {
      if format.equals("json") {
        writer.name("response_format")
        writer.raw([UInt8]("{\"type\":\"json_object\"}").span)
      } else if format.kind == .object {
        writer.name("response_format")
        writer.raw(
          "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"reply\",\"schema\":", format.span,
          "}}")
      } else if !format.equals("") {
        throw .malformedField([UInt8]("format"))
      }
    }
    if let think = request["think"].present {
      if think.boolean == true {
        writer.member("reasoning_effort", string: "medium")
      } else if think.kind == .string {
        writer.member("reasoning_effort", raw: think.span)
      } else if think.boolean == nil {
        throw .malformedField([UInt8]("think"))
      }
    }
    guard let options = try Self.member("options", of: request, .object) else { return }
    for name in Self.numbers {
      guard let value = try Self.member(name, of: options, .number) else { continue }
      if !name.span.equals("num_predict") {
        writer.member(name, raw: value.span)
      } else if let limit = value.integer, limit > 0 {
        // Less than 1 means no limit.
        writer.member("max_tokens", integer: limit)
      }
    }
    let isText = options["stop"]?.kind == .string
    if let stop = try Self.member("stop", of: options, isText ? .string : .array) {
      writer.member("stop", raw: stop.span)
    }
  }
}
