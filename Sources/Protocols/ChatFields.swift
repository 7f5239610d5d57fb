import Bytes
import JSON

/// The further fields of a client's request as a backend is sent them, each name once.
struct ChatFields {
  /// More fields than any request has: finding one is a walk along them.
  private static let limit = 128

  private(set) var fields: [RequestParameter] = []
  private let chat: ChatRequest
  private let profile: RequestProfile

  /// The fields for a backend of this profile. For `anthropic` the system message is one of them: the bot's in front of
  /// the client's, where the client has any.
  init(of chat: ChatRequest, for profile: RequestProfile) throws(TranslationFault) {
    self.chat = chat
    self.profile = profile
    if chat.isSpoken(in: profile.dialect) {
      try pass()
    } else {
      let rules = profile.dialect == .anthropic ? FieldRule.toAnthropic : FieldRule.toOpenAI
      for member in chat.body.members { try translate(member, by: rules) }
    }
    if profile.dialect == .anthropic,
      let system = try SystemBlocks(of: chat, behind: profile.system).json
    {
      try set("system", written: system)
    }
  }

  /// Whether there is a field of this name.
  func contains(_ name: StaticString) -> Bool {
    for field in fields where field.name.span.equals(name) { return true }
    return false
  }

  /// The backend speaks as the client does: it is sent what the client sent, byte for byte.
  private mutating func pass() throws(TranslationFault) {
    for member in chat.body.members {
      let name = member.name.string ?? []
      if RequestParameter.isReserved(name.span) || name.span.equals("model") { continue }
      if profile.dialect == .anthropic, name.span.equals("system") { continue }
      guard fields.count < Self.limit else { throw .unsupportedField(name) }
      set(name, member.value)
    }
  }

  /// Whether a field of this name is Postern's own in its own format.
  private static func isOwn(_ name: Span<UInt8>) -> Bool {
    for own in ["conversation_id", "user", "bot", "metadata", "stream_options"] as [StaticString]
    where name.equals(own) {
      return true
    }
    return false
  }

  private mutating func translate(
    _ member: JSONMember, by rules: [FieldRule]
  ) throws(TranslationFault) {
    guard let rule = rules.first(where: { member.name.equals($0.name) }) else {
      throw .unsupportedField(member.name.string ?? [])
    }
    let value = member.value
    if value.isNull { return }
    switch rule.action {
    case .elsewhere, .hint: break
    case .named(let name): set(name, value)
    case .nothing:
      if !value.isNothing { throw .unsupportedField([UInt8](rule.name)) }
    case .only(let literal):
      if !value.isWritten(literal) { throw .unsupportedField([UInt8](rule.name)) }
    case .translated(let form):
      try translate(value, form, rule)
    }
  }

  private mutating func translate(
    _ value: JSONValue, _ form: FieldRule.Form, _ rule: FieldRule
  ) throws(TranslationFault) {
    let name = [UInt8](rule.name)
    switch form {
    case .list:
      if value.kind == .array { return set("stop_sequences", value) }
      try set("stop_sequences", wrapping: "[", value, "]")
    case .userID:
      if chat.shape == .anthropic {
        if let user = value["user_id"], !user.isNull { set("user", user) }
      } else {
        guard value.kind == .string else { throw .malformedField(name) }
        try set("metadata", wrapping: "{\"user_id\":", value, "}")
      }
    case .tools:
      try set("tools", written: ToolTranslation.tools(value, from: chat.shape))
    case .choice:
      try translateChoice()
    case .output:
      try translateOutput()
    case .thinking:
      guard value.member("type", is: "enabled") else { return }
      let budget = value["budget_tokens"]?.integer ?? 0
      try set(
        "reasoning_effort",
        written: [UInt8](budget >= 10000 ? "\"high\"" : budget >= 5000 ? "\"medium\"" : "\"low\""))
    case .maxTokens:
      let isCompletion = profile.overrides("max_completion_tokens")
      set(isCompletion ? "max_completion_tokens" : "max_tokens", value)
    }
  }

  /// Which tool is to be called, and whether several may be at once, is one field here and two there.
  private mutating func translateChoice() throws(TranslationFault) {
    let choice = chat.body["tool_choice"]
    if chat.shape == .anthropic {
      guard let choice else { return }
      try set("tool_choice", written: ToolTranslation.choiceForOpenAI(choice))
      if choice["disable_parallel_tool_use"]?.boolean == true {
        try set("parallel_tool_calls", written: [UInt8]("false"))
      }
    } else {
      let hasTools = chat.body["tools"]?.isNothing == false
      let isSerial = hasTools && chat.body["parallel_tool_calls"]?.boolean == false
      if let written = try ToolTranslation.choiceForAnthropic(choice, isSerial: isSerial) {
        try set("tool_choice", written: written)
      }
    }
  }

  /// The form of the reply and the effort put into it are one field here and two there.
  private mutating func translateOutput() throws(TranslationFault) {
    if chat.shape == .anthropic {
      let output = chat.body["output_config"]
      if let effort = output?["effort"].present { set("reasoning_effort", effort) }
      guard let format = output?["format"].present else { return }
      guard format.member("type", is: "json_schema"), let schema = format["schema"] else {
        throw .unsupportedField([UInt8]("output_config"))
      }
      return try set(
        "response_format",
        wrapping: "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"reply\",\"schema\":",
        schema, ",\"strict\":true}}")
    }
    var writer = JSONWriter()
    writer.beginObject()
    if let effort = chat.body["reasoning_effort"].present, !effort.equals("none") {
      writer.name("effort")
      if effort.equals("minimal") { writer.string("low") } else { writer.raw(effort.span) }
    }
    if let format = chat.body["response_format"].present, format["type"]?.equals("text") != true {
      guard format.member("type", is: "json_schema"),
        let schema = format["json_schema"]?["schema"]
      else { throw .unsupportedField([UInt8]("response_format")) }
      writer.name("format")
      writer.raw("{\"type\":\"json_schema\",\"schema\":", schema.span, "}")
    }
    writer.endObject()
    let output = writer.finish()
    if output.count > 2 { try set("output_config", written: output) }
  }

  // MARK: Writing

  @inline(never)
  private mutating func set(_ name: StaticString, _ value: JSONValue) {
    set([UInt8](name), value)
  }

  @inline(never)
  private mutating func set(
    _ name: StaticString, wrapping prefix: StaticString, _ value: JSONValue, _ suffix: StaticString
  ) throws(TranslationFault) {
    var written = [UInt8](prefix)
    written.append(copying: value.span)
    written.append(suffix)
    try set(name, written: written)
  }

  @inline(never)
  private mutating func set(
    _ name: StaticString, written json: [UInt8]
  ) throws(TranslationFault) {
    // Put together from JSON, it is JSON, unless it is nested too deeply now.
    guard let document = try? JSONDocument(json) else { throw .malformedField([UInt8](name)) }
    set(name, document.root)
  }

  @inline(never)
  private mutating func set(_ name: [UInt8], _ value: JSONValue) {
    if profile.dialect == .custom, Self.isOwn(name.span) { return }
    let field = RequestParameter(name: name, value: value)
    if let place = fields.firstIndex(where: { $0.name.span.equals(name.span) }) {
      fields[place] = field
    } else {
      fields.append(field)
    }
  }
}

extension RequestProfile {
  /// The profile for a client's request: with its further fields, which win over configured ones of the same name.
  public func serving(_ chat: ChatRequest) throws(TranslationFault) -> RequestProfile {
    let client = try ChatFields(of: chat, for: self)
    // Two names for one limit, of which a backend takes one at a time.
    let limits = client.contains("max_tokens") || client.contains("max_completion_tokens")
    var fields = client.fields
    for parameter in parameters {
      let name = parameter.name.span
      if limits, name.equals("max_tokens") || name.equals("max_completion_tokens") { continue }
      if client.fields.contains(where: { $0.name.span.equals(parameter.name.span) }) { continue }
      fields.append(parameter)
    }
    return RequestProfile(
      dialect: dialect, model: model, maxTokens: limits ? nil : maxTokens, parameters: fields,
      botID: botID, botName: botName, system: system)
  }
}
