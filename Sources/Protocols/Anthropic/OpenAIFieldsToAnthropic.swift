import Bytes
import JSON

/// From OpenAI's fields to Anthropic's.
extension FieldRule {
  static let toAnthropic: [FieldRule] = [
    FieldRule("model", .elsewhere), FieldRule("messages", .elsewhere),
    FieldRule("stream", .elsewhere), FieldRule("stream_options", .elsewhere),
    FieldRule("max_tokens", .named("max_tokens")),
    FieldRule("max_completion_tokens", .named("max_tokens")),
    FieldRule("temperature", .named("temperature")), FieldRule("top_p", .named("top_p")),
    // Anthropic's own, as users of its backends put them into OpenAI's requests.
    FieldRule("top_k", .named("top_k")), FieldRule("thinking", .named("thinking")),
    FieldRule("stop", .translated(OpenAIFieldsToAnthropic.stop)),
    FieldRule("user", .translated(OpenAIFieldsToAnthropic.user)),
    FieldRule("safety_identifier", .translated(OpenAIFieldsToAnthropic.user)),
    FieldRule("tools", .translated(OpenAIFieldsToAnthropic.tools)),
    FieldRule("tool_choice", .translated(OpenAIFieldsToAnthropic.choice)),
    FieldRule("parallel_tool_calls", .translated(OpenAIFieldsToAnthropic.choice)),
    FieldRule("response_format", .translated(OpenAIFieldsToAnthropic.output)),
    FieldRule("reasoning_effort", .translated(OpenAIFieldsToAnthropic.output)),
    // OpenRouter's form of the effort.
    FieldRule("reasoning", .translated(OpenAIFieldsToAnthropic.output)),
    FieldRule("metadata", .hint), FieldRule("prompt_cache_key", .hint),
    FieldRule("prompt_cache_retention", .hint), FieldRule("seed", .hint),
    FieldRule("service_tier", .hint), FieldRule("store", .hint),
    FieldRule("verbosity", .hint), FieldRule("prediction", .hint),
    FieldRule("context_management", .hint), FieldRule("cache_control", .hint),
    FieldRule("include_reasoning", .hint), FieldRule("reasoning_format", .hint),
    FieldRule("enable_thinking", .hint), FieldRule("thinking_budget", .hint),
    FieldRule("n", .only("1")), FieldRule("modalities", .only("[\"text\"]")),
    FieldRule("function_call", .only("\"none\"")),
    FieldRule("audio", .nothing), FieldRule("frequency_penalty", .nothing),
    FieldRule("functions", .nothing), FieldRule("logit_bias", .nothing),
    FieldRule("logprobs", .nothing), FieldRule("presence_penalty", .nothing),
    FieldRule("top_logprobs", .nothing),
    FieldRule("web_search_options", .only("null")),
  ]
}

/// The fields of OpenAI's whose equivalent has another form.
enum OpenAIFieldsToAnthropic {
  /// One text, or several, to several.
  static func stop(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    if value.kind == .array { return fields.set("stop_sequences", value) }
    try fields.set("stop_sequences", wrapping: "[", value, "]")
  }

  /// A text to an object with it.
  static func user(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    guard value.kind == .string else { throw .malformedField([UInt8](name)) }
    try fields.set("metadata", wrapping: "{\"user_id\":", value, "}")
  }

  static func tools(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    try fields.set("tools", written: ToolTranslation.toAnthropic(value))
  }

  /// Which tool is to be called, and whether several may be at once: two fields to one.
  static func choice(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    let body = fields.chat.body
    let hasTools = body["tools"]?.isNothing == false
    let isSerial = hasTools && body["parallel_tool_calls"]?.boolean == false
    if let written = try ToolTranslation.choiceToAnthropic(body["tool_choice"], isSerial: isSerial)
    {
      try fields.set("tool_choice", written: written)
    }
  }

  /// The form of the reply and the effort put into it: two fields to one.
  static func output(
    _ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue
  ) throws(TranslationFault) {
    let body = fields.chat.body
    var writer = JSONWriter()
    writer.beginObject()
    if fields.sendsHints,
      let effort = Effort(body["reasoning_effort"].present ?? body["reasoning"]?["effort"])
    {
      writer.member("effort", raw: effort.json.span)
    }
    if let format = body["response_format"].present, format["type"]?.equals("text") != true {
      guard format.member("type", is: "json_schema"),
        let schema = format["json_schema"]?["schema"]
      else { throw .unsupportedField([UInt8]("response_format")) }
      writer.name("format")
      writer.raw("{\"type\":\"json_schema\",\"schema\":", schema.span, "}")
    }
    writer.endObject()
    let output = writer.finish()
    if output.count > 2 { try fields.set("output_config", written: output) }
  }
}
