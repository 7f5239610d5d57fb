import JSON

/// What becomes of a top-level field of a request in another dialect. What no rule names has no equivalent: the request
/// is not sent.
struct FieldRule: Sendable {
  enum Action: Sendable {
    /// It is sent with the same value, under this name.
    case named(StaticString)
    /// It is read elsewhere.
    case elsewhere
    /// It is not sent: it changes nothing about what the reply is to be.
    case hint
    /// It is not sent, if it asks for nothing: `null`, `false`, 0 or something empty.
    case nothing
    /// It is not sent, if it has this value, or none.
    case only(StaticString)
    /// Its equivalent has another form.
    case translated(Form)
  }

  /// The values that are translated.
  enum Form: Sendable {
    /// One text, or several, to several.
    case list
    /// A text to an object with it.
    case userID
    /// Tools.
    case tools
    /// Which tool is to be called, and whether several may be at once.
    case choice
    /// The form of the reply, and the effort that is put into it.
    case output
    /// How long to think.
    case thinking
    /// The most tokens of a reply.
    case maxTokens
  }

  let name: StaticString
  let action: Action

  init(_ name: StaticString, _ action: Action) {
    self.name = name
    self.action = action
  }

  /// From OpenAI's fields to Anthropic's.
  static let toAnthropic: [FieldRule] = [
    FieldRule("model", .elsewhere), FieldRule("messages", .elsewhere),
    FieldRule("stream", .elsewhere), FieldRule("stream_options", .elsewhere),
    FieldRule("max_tokens", .named("max_tokens")),
    FieldRule("max_completion_tokens", .named("max_tokens")),
    FieldRule("temperature", .named("temperature")), FieldRule("top_p", .named("top_p")),
    // Anthropic's own, as its backends' users put them into OpenAI's requests.
    FieldRule("top_k", .named("top_k")), FieldRule("thinking", .named("thinking")),
    FieldRule("stop", .translated(.list)), FieldRule("user", .translated(.userID)),
    FieldRule("safety_identifier", .translated(.userID)),
    FieldRule("tools", .translated(.tools)), FieldRule("tool_choice", .translated(.choice)),
    FieldRule("parallel_tool_calls", .translated(.choice)),
    FieldRule("response_format", .translated(.output)),
    FieldRule("reasoning_effort", .translated(.output)),
    FieldRule("metadata", .hint), FieldRule("prompt_cache_key", .hint),
    FieldRule("prompt_cache_retention", .hint), FieldRule("seed", .hint),
    FieldRule("service_tier", .hint), FieldRule("store", .hint),
    FieldRule("verbosity", .hint),
    FieldRule("n", .only("1")), FieldRule("modalities", .only("[\"text\"]")),
    FieldRule("function_call", .only("\"none\"")),
    FieldRule("audio", .nothing), FieldRule("frequency_penalty", .nothing),
    FieldRule("functions", .nothing), FieldRule("logit_bias", .nothing),
    FieldRule("logprobs", .nothing), FieldRule("prediction", .nothing),
    FieldRule("presence_penalty", .nothing), FieldRule("top_logprobs", .nothing),
    FieldRule("web_search_options", .only("null")),
  ]

  /// From Anthropic's fields to OpenAI's.
  static let toOpenAI: [FieldRule] = [
    FieldRule("model", .elsewhere), FieldRule("messages", .elsewhere),
    FieldRule("stream", .elsewhere), FieldRule("system", .elsewhere),
    FieldRule("max_tokens", .translated(.maxTokens)),
    FieldRule("temperature", .named("temperature")), FieldRule("top_p", .named("top_p")),
    // Not OpenAI's, but that of many who speak its dialect.
    FieldRule("top_k", .named("top_k")),
    FieldRule("stop_sequences", .named("stop")), FieldRule("metadata", .translated(.userID)),
    FieldRule("tools", .translated(.tools)), FieldRule("tool_choice", .translated(.choice)),
    FieldRule("thinking", .translated(.thinking)), FieldRule("output_config", .translated(.output)),
    FieldRule("service_tier", .hint), FieldRule("cache_control", .hint),
    FieldRule("diagnostics", .hint), FieldRule("speed", .hint),
    FieldRule("container", .nothing), FieldRule("context_management", .nothing),
    FieldRule("inference_geo", .nothing), FieldRule("mcp_servers", .nothing),
  ]
}

extension JSONValue {
  /// Whether this asks for nothing, wherever it stands.
  var isNothing: Bool {
    switch kind {
    case .null, .false: return true
    case .number:
      for byte in raw where byte != UInt8(ascii: "0") && byte != UInt8(ascii: ".") { return false }
      return true
    default: return isEmpty
    }
  }

  /// Whether this is the JSON of a literal, white space aside.
  func isWritten(_ literal: StaticString) -> Bool {
    var place = 0
    for byte in raw where byte != 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D {
      guard place < literal.utf8CodeUnitCount, literal.utf8Start[place] == byte else {
        return false
      }
      place += 1
    }
    return place == literal.utf8CodeUnitCount
  }
}
