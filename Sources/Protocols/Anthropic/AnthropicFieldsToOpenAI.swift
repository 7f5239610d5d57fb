import Bytes
import JSON

/// From Anthropic's fields to OpenAI's.
extension FieldRule {
  static let fromAnthropic: [FieldRule] = [
    FieldRule("model", .elsewhere), FieldRule("messages", .elsewhere),
    FieldRule("stream", .elsewhere), FieldRule("system", .elsewhere),
    FieldRule("max_tokens", .translated(AnthropicFieldsToOpenAI.maxTokens)),
    FieldRule("temperature", .named("temperature")), FieldRule("top_p", .named("top_p")),
    // Not OpenAI's, but known to many backends that speak its dialect.
    FieldRule("top_k", .named("top_k")),
    FieldRule("stop_sequences", .named("stop")),
    FieldRule("metadata", .translated(AnthropicFieldsToOpenAI.metadata)),
    FieldRule("tools", .translated(AnthropicFieldsToOpenAI.tools)),
    FieldRule("tool_choice", .translated(AnthropicFieldsToOpenAI.choice)),
    FieldRule("thinking", .translated(AnthropicFieldsToOpenAI.thinking)),
    FieldRule("output_config", .translated(AnthropicFieldsToOpenAI.output)),
    FieldRule("output_format", .translated(AnthropicFieldsToOpenAI.format)),
    FieldRule("service_tier", .hint), FieldRule("cache_control", .hint),
    FieldRule("diagnostics", .hint), FieldRule("speed", .hint),
    FieldRule("context_management", .hint), FieldRule("effort", .hint),
    FieldRule("betas", .hint), FieldRule("user_profile_id", .hint),
    FieldRule("container", .nothing), FieldRule("inference_geo", .nothing),
    FieldRule("mcp_servers", .nothing),
  ]
}

/// The fields of Anthropic's whose equivalent has another form.
enum AnthropicFieldsToOpenAI {
  /// The longest `user` that OpenAI takes.
  private static let longestUser = 64

  /// An object to the text in it. It only says who asks: one that OpenAI would refuse is left out.
  static func metadata(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    guard let user = value["user_id"], let text = user.string, text.count <= longestUser else {
      return
    }
    fields.set("user", user)
  }

  static func tools(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    // OpenAI refuses an empty list.
    if value.isNothing { return }
    try fields.set("tools", written: ToolTranslation.fromAnthropic(value))
  }

  /// Which tool is to be called, and whether several may be at once: one field to two.
  static func choice(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    if let tools = fields.chat.body["tools"], tools.isNothing { return }
    try fields.set("tool_choice", written: ToolTranslation.choiceFromAnthropic(value))
    if value["disable_parallel_tool_use"]?.boolean == true {
      try fields.set("parallel_tool_calls", written: [UInt8]("false"))
    }
  }

  /// The form of the reply and the effort put into it: one field to two.
  static func output(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    if fields.sendsHints, let effort = Effort(value["effort"]) {
      try fields.set("reasoning_effort", written: effort.json)
    }
    if let form = value["format"].present { try format(&fields, "output_config", form) }
  }

  /// The form of the reply, which has a name at OpenAI's.
  static func format(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    guard value.member("type", is: "json_schema"), let schema = value["schema"] else {
      throw .unsupportedField([UInt8](name))
    }
    try fields.set(
      "response_format",
      wrapping: "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"reply\",\"schema\":",
      schema, ",\"strict\":true}}")
  }

  /// A budget of tokens to one of three words, unless the client says such a word itself.
  static func thinking(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    let effort = fields.chat.body["output_config"]?["effort"]
    guard fields.sendsHints, value.member("type", is: "enabled"), Effort(effort) == nil else {
      return
    }
    let budget = value["budget_tokens"]?.integer ?? 0
    try fields.set(
      "reasoning_effort",
      written: [UInt8](budget >= 10000 ? "\"high\"" : budget >= 5000 ? "\"medium\"" : "\"low\""))
  }

  /// The limit of the reply has two names, of which the backend takes one.
  static func maxTokens(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    let isCompletion = fields.profile.overrides("max_completion_tokens")
    fields.set(isCompletion ? "max_completion_tokens" : "max_tokens", value)
  }
}
