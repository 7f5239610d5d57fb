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
    FieldRule("service_tier", .hint), FieldRule("cache_control", .hint),
    FieldRule("diagnostics", .hint), FieldRule("speed", .hint),
    FieldRule("container", .nothing), FieldRule("context_management", .nothing),
    FieldRule("inference_geo", .nothing), FieldRule("mcp_servers", .nothing),
  ]
}

/// The fields of Anthropic's whose equivalent has another form.
enum AnthropicFieldsToOpenAI {
  /// An object to the text in it.
  static func metadata(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    if let user = value["user_id"], !user.isNull { fields.set("user", user) }
  }

  static func tools(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    try fields.set("tools", written: ToolTranslation.fromAnthropic(value))
  }

  /// Which tool is to be called, and whether several may be at once: one field to two.
  static func choice(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    try fields.set("tool_choice", written: ToolTranslation.choiceFromAnthropic(value))
    if value["disable_parallel_tool_use"]?.boolean == true {
      try fields.set("parallel_tool_calls", written: [UInt8]("false"))
    }
  }

  /// The form of the reply and the effort put into it: one field to two.
  static func output(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    if let effort = value["effort"].present { fields.set("reasoning_effort", effort) }
    guard let format = value["format"].present else { return }
    guard format.member("type", is: "json_schema"), let schema = format["schema"] else {
      throw .unsupportedField([UInt8]("output_config"))
    }
    try fields.set(
      "response_format",
      wrapping: "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"reply\",\"schema\":",
      schema, ",\"strict\":true}}")
  }

  /// A budget of tokens to one of three words.
  static func thinking(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    guard value.member("type", is: "enabled") else { return }
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
