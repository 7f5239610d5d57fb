import Protocols
import JSON
import Testing
import TestSupport

/// What each kind of backend is sent of a client's request in each interface, byte for byte.
@Suite struct ChatTranslationTests {
  private static func chat(_ shape: Face, _ body: String) throws -> ChatRequest {
    let root = try value(body)
    return ChatRequest(shape, body: root, messages: try #require(root["messages"]))
  }

  private static func plain(
    _ dialect: Dialect, system: String? = nil, maxTokens: Int? = nil,
    parameters: [RequestParameter] = []
  ) -> RequestProfile {
    RequestProfile(
      dialect: dialect, model: bytes("m"), maxTokens: maxTokens, parameters: parameters,
      botID: bytes("b"), botName: bytes("B"), system: system.map(bytes))
  }

  private static func encode(
    _ chat: ChatRequest, for profile: RequestProfile, streams: Bool = false
  ) throws -> String {
    var encoder = RequestEncoder(
      try profile.serving(chat), conversationID: bytes("c"), user: nil, metadata: nil,
      streams: streams)
    if chat.hasSystemField { try encoder.append(systemOf: chat) }
    try encoder.append(messagesOf: chat)
    return text(try encoder.finish().bytes)
  }

  // MARK: In the same format

  @Test func passesOpenAIOn() throws {
    let chat = try Self.chat(
      .openai,
      #"{"model":"b","messages":[ {"role":"developer" ,"content":"D"},{"role":"user","content":[]}],"#
        + #""stream":true,"temperature":0.70 ,"tools":[{"x": 1e2}],"n\u0065w":null,"max_tokens":5}"#
    )
    let profile = Self.plain(
      .openai, system: "S", maxTokens: 9,
      parameters: [try parameter("temperature", "1"), try parameter("seed", "4")])
    #expect(
      try Self.encode(chat, for: profile, streams: true)
        == #"{"model":"m","messages":[{"role":"system","content":"S"},"#
        + #"{"role":"developer" ,"content":"D"},{"role":"user","content":[]}],"#
        + #""stream":true,"stream_options":{"include_usage":true},"#
        + #""temperature":0.70,"tools":[{"x": 1e2}],"new":null,"max_tokens":5,"seed":4}"#)
  }

  /// Postern's own fields are unchanged.
  @Test func passesOpenAIOnToCustom() throws {
    let chat = try Self.chat(
      .openai,
      #"{"model":"b","messages":[{"role":"user","content":"Hi"}],"user":"u","bot":1,"metadata":2,"#
        + #""conversation_id":3,"temperature":1}"#)
    #expect(
      try Self.encode(chat, for: Self.plain(.custom))
        == #"{"messages":[{"role":"user","content":"Hi"}],"conversation_id":"c","user":{},"#
        + #""bot":{"id":"b","name":"B"},"metadata":{},"temperature":1}"#)
  }

  @Test func passesAnthropicOn() throws {
    let body =
      #"{"model":"b","max_tokens":7,"messages":[{"role":"user","content":[{"type":"x" }]}],"#
      + #""system":[{"type":"text","text":"T","cache_control":{}}],"thinking":{"type": "enabled"}}"#
    let chat = try Self.chat(.anthropic, body)
    #expect(
      try Self.encode(chat, for: Self.plain(.anthropic))
        == #"{"model":"m","messages":[{"role":"user","content":[{"type":"x" }]}],"#
        + #""max_tokens":7,"thinking":{"type": "enabled"},"#
        + #""system":[{"type":"text","text":"T","cache_control":{}}]}"#)
    #expect(
      try Self.encode(chat, for: Self.plain(.anthropic, system: "S")).contains(
        #""system":[{"type":"text","text":"S"},{"type":"text","text":"T","cache_control":{}}]"#))
  }

  /// Anthropic takes no system messages alone.
  @Test(arguments: [
    (#"{"role":"system","content":"S"}"#, #"[{"role":"user","content":"S"}]"#, nil),
    (
      #"{"role":"system","content":"S"},{"role":"developer","content":"D"}"#,
      #"[{"role":"user","content":"D"}]"#, #""S""#
    ),
    (
      #"{"role":"system","content":"S"},{"role":"user","content":"Hi"}"#,
      #"[{"role":"user","content":"Hi"}]"#, #""S""#
    ),
  ])
  func sendsSystemMessagesAlone(messages: String, sent: String, system: String?) throws {
    let chat = try Self.chat(.openai, #"{"model":"b","messages":[\#(messages)]}"#)
    let root = try value(try Self.encode(chat, for: Self.plain(.anthropic)))
    #expect(root["messages"].map { text(Array($0.raw)) } == sent)
    #expect(root["system"].map { text(Array($0.raw)) } == system)
  }

  /// What cannot be said to Responses is not left out.
  @Test func asksResponsesForNothingLess() throws {
    let body =
      #"{"model":"b","messages":[{"role":"user","content":[{"type":"image_url","image_url":"http://a/"}]}]"#
    let chat = try Self.chat(.openai, body + "}")
    #expect(
      try Self.encode(chat, for: Self.plain(.responses)).contains(
        #"[{"type":"input_image","image_url":"http://a/"}]"#))
    let searching = try Self.chat(.openai, body + #","web_search_options":{}}"#)
    #expect(throws: TranslationFault.unsupportedField(bytes("web_search_options"))) {
      try Self.encode(searching, for: Self.plain(.responses))
    }
  }

  /// One limit has two names, and a backend takes one of them at a time.
  @Test(arguments: ["max_tokens", "max_completion_tokens"])
  func aClientsLimitWins(name: String) throws {
    let chat = try Self.chat(.openai, #"{"messages":[{"role":"user","content":"x"}],"\#(name)":3}"#)
    let profile = Self.plain(
      .openai, maxTokens: 9, parameters: [try parameter("max_completion_tokens", "8")])
    #expect(
      try Self.encode(chat, for: profile)
        == #"{"model":"m","messages":[{"role":"user","content":"x"}],"\#(name)":3}"#)
  }

  // MARK: Fields in another format

  static let toAnthropic: [(String, String)] = [
    (#""max_tokens":5"#, #""max_tokens":5"#),
    (#""max_completion_tokens":5"#, #""max_tokens":5"#),
    (#""temperature":0.50,"top_p":1e0,"top_k":3"#, #""temperature":0.50,"top_p":1e0,"top_k":3"#),
    (#""stop":"a\n""#, #""stop_sequences":["a\n"]"#),
    (#""stop":["a", "b"]"#, #""stop_sequences":["a", "b"]"#),
    (#""user":"u\u0031""#, #""metadata":{"user_id":"u\u0031"}"#),
    (
      #""tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type": "object"}}},"#
        + #"{"type":"function","function":{"name":"g","strict":true}}]"#,
      #""tools":[{"name":"f","description":"d","input_schema":{"type": "object"}},"#
        + #"{"name":"g","input_schema":{"type":"object","properties":{}},"strict":true}]"#
    ),
    (#""tool_choice":"auto""#, #""tool_choice":{"type":"auto"}"#),
    (#""tool_choice":"required""#, #""tool_choice":{"type":"any"}"#),
    (#""tool_choice":"none""#, #""tool_choice":{"type":"none"}"#),
    (
      #""tool_choice":{"type":"function","function":{"name":"f"}}"#,
      #""tool_choice":{"type":"tool","name":"f"}"#
    ),
    (
      #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"a":1 }}}"#,
      #""output_config":{"format":{"type":"json_schema","schema":{"a":1 }}}"#
    ),
    (#""reasoning_effort":"minimal""#, #""output_config":{"effort":"low"}"#),
    (
      #""reasoning_effort":"high","response_format":{"type":"json_schema","json_schema":{"schema":{}}}"#,
      #""output_config":{"effort":"high","format":{"type":"json_schema","schema":{}}}"#
    ),
    (
      #""seed":1,"store":true,"metadata":{"a":"b"},"service_tier":"flex","n":1,"logprobs":false,"#
        + #""logit_bias":{},"presence_penalty":0.0,"stream_options":{},"response_format":{"type":"text"},"#
        + #""audio":null,"modalities":["text"],"reasoning_effort":"none","tool_choice":null"#, ""
    ),
  ]

  @Test(arguments: toAnthropic) func translatesFieldsToAnthropic(from: String, to: String) throws {
    let chat = try Self.chat(
      .openai, #"{"model":"b","messages":[{"role":"user","content":"x"}],\#(from)}"#)
    let limit = to.hasPrefix(#""max_tokens"#) ? "" : #""max_tokens":1024,"#
    #expect(
      try Self.encode(chat, for: Self.plain(.anthropic))
        == #"{"model":"m",\#(limit)"messages":[{"role":"user","content":"x"}]\#(to.isEmpty ? "" : ",")\#(to)}"#
    )
  }

  @Test func callsOfToolsOneAtATime() throws {
    let tools =
      #""tools":[{"type":"function","function":{"name":"f"}}],"parallel_tool_calls":false"#
    for (choice, written) in [
      ("", #"{"type":"auto","disable_parallel_tool_use":true}"#),
      (#","tool_choice":"required""#, #"{"type":"any","disable_parallel_tool_use":true}"#),
      (#","tool_choice":"none""#, #"{"type":"none"}"#),
    ] {
      let chat = try Self.chat(
        .openai, #"{"messages":[{"role":"user","content":"x"}],\#(tools)\#(choice)}"#)
      #expect(
        try Self.encode(chat, for: Self.plain(.anthropic)).hasSuffix(#""tool_choice":\#(written)}"#)
      )
    }
  }

  static let toOpenAI: [(String, String)] = [
    (#""max_tokens":5"#, #""max_tokens":5"#),
    (#""temperature":0.50,"top_p":1,"top_k":3"#, #""temperature":0.50,"top_p":1,"top_k":3"#),
    (#""stop_sequences":["a"]"#, #""stop":["a"]"#),
    (#""metadata":{"user_id":"u"}"#, #""user":"u""#), (#""metadata":{}"#, ""),
    (
      #""tools":[{"name":"f","description":"d","input_schema":{"type": "object"},"cache_control":{}},"#
        + #"{"type":"custom","name":"g","input_schema":{}}]"#,
      #""tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type": "object"}}},"#
        + #"{"type":"function","function":{"name":"g","parameters":{}}}]"#
    ),
    (#""tool_choice":{"type":"auto"}"#, #""tool_choice":"auto""#),
    (#""tool_choice":{"type":"any"}"#, #""tool_choice":"required""#),
    (#""tool_choice":{"type":"none"}"#, #""tool_choice":"none""#),
    (
      #""tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true}"#,
      #""tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false"#
    ),
    (#""thinking":{"type":"enabled","budget_tokens":1024}"#, #""reasoning_effort":"low""#),
    (#""thinking":{"type":"enabled","budget_tokens":32000}"#, #""reasoning_effort":"high""#),
    (#""output_config":{"effort":"high"}"#, #""reasoning_effort":"high""#),
    (#""thinking":{"type":"disabled"},"service_tier":"auto","mcp_servers":[]"#, ""),
    (
      #""output_config":{"format":{"type":"json_schema","schema":{"a":1 }}}"#,
      #""response_format":{"type":"json_schema","json_schema":{"name":"reply","schema":{"a":1 },"strict":true}}"#
    ),
  ]

  @Test(arguments: toOpenAI) func translatesFieldsToOpenAI(from: String, to: String) throws {
    let chat = try Self.chat(
      .anthropic, #"{"model":"b","messages":[{"role":"user","content":"x"}],\#(from)}"#)
    #expect(
      try Self.encode(chat, for: Self.plain(.openai))
        == #"{"model":"m","messages":[{"role":"user","content":"x"}]\#(to.isEmpty ? "" : ",")\#(to)}"#
    )
  }

  static let untranslatable: [(Face, String, String)] = [
    (.openai, #""logit_bias":{"1":2}"#, "logit_bias"), (.openai, #""n":2"#, "n"),
    (.openai, #""logprobs":true"#, "logprobs"),
    (.openai, #""presence_penalty":0.1"#, "presence_penalty"),
    (.openai, #""response_format":{"type":"json_object"}"#, "response_format"),
    (.openai, #""modalities":["text","audio"]"#, "modalities"), (.openai, #""new":1"#, "new"),
    (.openai, #""web_search_options":{}"#, "web_search_options"),
    (.openai, #""functions":[{"name":"f"}]"#, "functions"),
    (
      .openai, #""tools":[{"type":"function","function":{"name":"f"}},{"type":"custom"}]"#,
      "tools[1]"
    ),
    (.openai, #""tools":1"#, "tools"), (.openai, #""tool_choice":"f""#, "tool_choice"),
    (.openai, #""user":1"#, "user"),
    (.anthropic, #""new":1"#, "new"), (.anthropic, #""container":"c""#, "container"),
    (.anthropic, #""tools":[{"type":"web_search_20250305","name":"s"}]"#, "tools[0]"),
    (.anthropic, #""tool_choice":{"type":"x"}"#, "tool_choice"),
    (.anthropic, #""output_config":{"format":{"type":"x"}}"#, "output_config"),
  ]

  @Test(arguments: untranslatable)
  func namesTheFieldThatHasNoEquivalent(shape: Face, field: String, name: String)
    throws
  {
    let chat = try Self.chat(shape, #"{"messages":[{"role":"user","content":"x"}],\#(field)}"#)
    let fault = try #require(throws: TranslationFault.self) {
      _ = try Self.encode(chat, for: Self.plain(shape == .openai ? .anthropic : .openai))
    }
    #expect(text(fault.field) == name)
    #expect(fault.message.description.contains(name))
    // In its own format it is sent.
    _ = try Self.encode(chat, for: Self.plain(shape == .openai ? .openai : .anthropic))
  }

  @Test func takesFieldsInNumbersThatMakeSense() throws {
    let fields = (0..<200).map { #""f\#($0)":1"# }.joined(separator: ",")
    let chat = try Self.chat(.openai, #"{"messages":[{"role":"user","content":"x"}],\#(fields)}"#)
    #expect(throws: TranslationFault.unsupportedField(bytes("f128"))) {
      _ = try Self.encode(chat, for: Self.plain(.openai))
    }
  }
}
