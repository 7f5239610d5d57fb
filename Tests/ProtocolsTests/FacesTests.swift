import Protocols
import JSON
import Testing
import TestSupport

/// A backend's reply in Anthropic's shape and in OpenAI's, whole and streamed: each can say what
/// the other says.
enum Sample {
  static let identity = AnswerIdentity(id: bytes("id_1"), model: bytes("m \"1\""), created: 7)

  static let deltas: [ReplyDelta] = [
    .reasoning(bytes(#"h\u006d"#)), .reasoning(bytes("!")), .text(bytes("Hé")),
    .text(bytes(#"llo \"you\"\n"#)), .toolCall(index: 0, id: bytes("t1"), name: bytes("look")),
    .arguments(index: 0, bytes(#"{\"a\""#)), .arguments(index: 0, bytes(": [1]}")),
    .toolCall(index: 1, id: bytes("t2"), name: bytes("wait")), .arguments(index: 1, bytes("{}")),
  ]

  static let openai = bytes(
    #"{"id":"c","model":"gpt","choices":[{"message":{"role":"assistant","#
      + #""content":"Hé\u006c","reasoning_content":"hm","refusal":null,"tool_calls":["#
      + #"{"id":"t1","type":"function","function":{"name":"look","arguments":"{\"a\": [1]}"}}]},"#
      + #""logprobs":{"content":[]},"finish_reason":"tool_calls"}],"system_fingerprint":"fp","#
      + #""usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,"x":{"y":1}}}"#)

  static let anthropic = bytes(
    #"{"id":"m","type":"message","role":"assistant","model":"claude","content":["#
      + #"{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"Hé\u006c"},"#
      + #"{"type":"tool_use","id":"t1","name":"look","input":{"a": [1]}}],"#
      + #""stop_reason":"tool_use","stop_sequence":null,"#
      + #""usage":{"input_tokens":3,"output_tokens":4,"service_tier":"x"}}"#)

  static func reply(_ dialect: Dialect, _ body: [UInt8]) throws -> Reply {
    try dialect.decode(body, acceptsToolCalls: true)
  }
}

/// Whole answers.
@Suite struct WholeAnswerTests {
  @Test func openAIFromOpenAI() throws {
    let body = try Sample.reply(.openai, Sample.openai).openAIBody(Sample.identity)
    // As it came, after what it lacks.
    let start = #"{"id":"c","model":"gpt","choices":[{"#
    let sent = text(Sample.openai)
    #expect(sent.hasPrefix(start))
    let more = #"{"object":"chat.completion","created":7,"# + start.dropFirst() + #""index":0,"#
    #expect(text(body) == more + sent.dropFirst(start.count))
  }

  @Test func openAIFromAnthropic() throws {
    let body = try Sample.reply(.anthropic, Sample.anthropic).openAIBody(Sample.identity)
    #expect(
      text(body)
        == #"{"id":"id_1","object":"chat.completion","created":7,"model":"m \"1\"","choices":["#
        + #"{"index":0,"message":{"role":"assistant","content":"Hé\u006c","refusal":null,"#
        + #""reasoning_content":"hm","tool_calls":[{"id":"t1","type":"function","function":{"#
        + #""name":"look","arguments":"{\"a\": [1]}"}}]},"logprobs":null,"#
        + #""finish_reason":"tool_calls"}],"#
        + #""usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#)
  }

  @Test func anthropicFromAnthropic() throws {
    let body = try Sample.reply(.anthropic, Sample.anthropic).anthropicBody(Sample.identity)
    #expect(body.bytes == Sample.anthropic)
  }

  @Test func anthropicFromOpenAI() throws {
    let body = try Sample.reply(.openai, Sample.openai).anthropicBody(Sample.identity)
    #expect(
      text(body)
        == #"{"id":"id_1","type":"message","role":"assistant","model":"m \"1\"","content":["#
        + #"{"type":"thinking","thinking":"hm","signature":""},{"type":"text","text":"Hé\u006c"},"#
        + #"{"type":"tool_use","id":"t1","name":"look","input":{"a": [1]}}],"#
        + #""stop_reason":"tool_use","stop_sequence":null,"#
        + #""usage":{"input_tokens":3,"output_tokens":4}}"#)
  }

  /// Content in parts, a reply with only a tool call, and arguments that are not an object.
  @Test func oddContent() throws {
    let parts = try Sample.reply(
      .custom,
      bytes(
        #"{"content":[{"type":"text","text":"a"},{"type":"x"},{"type":"text","text":"b"}]}"#))
    #expect(text(parts.openAIBody(Sample.identity)).contains(#""content":"ab","#))
    #expect(
      text(parts.anthropicBody(Sample.identity)).contains(
        #""content":[{"type":"text","text":"ab"}],"stop_reason":"end_turn","#))
    #expect(
      text(parts.openAIBody(Sample.identity)).contains(
        #""usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#))

    let call = try Sample.reply(
      .openai,
      bytes(
        #"{"choices":[{"message":{"content":null,"tool_calls":["#
          + #"{"id":"t","function":{"name":"f","arguments":"[1"}}]}}]}"#))
    #expect(text(call.openAIBody(Sample.identity)).contains(#""content":null,"#))
    #expect(
      text(call.anthropicBody(Sample.identity)).contains(
        #""content":[{"type":"tool_use","id":"t","name":"f","input":{}}],"stop_reason":"tool_use""#)
    )
  }

  @Test(arguments: [
    ("stop", "stop", "end_turn"), ("length", "length", "max_tokens"),
    ("tool_calls", "tool_calls", "tool_use"), ("content_filter", "content_filter", "refusal"),
    ("end_turn", "stop", "end_turn"), ("max_tokens", "length", "max_tokens"),
    ("stop_sequence", "stop", "stop_sequence"), ("refusal", "content_filter", "refusal"),
    ("tool_use", "tool_calls", "tool_use"), ("COMPLETE", "stop", "end_turn"),
    ("function_call", "function_call", "tool_use"), ("pause_turn", "stop", "pause_turn"),
  ])
  func reasonsAreTranslated(reason: String, openai: String, anthropic: String) throws {
    let reply = try Sample.reply(
      .openai,
      bytes(#"{"choices":[{"message":{"content":"a"},"finish_reason":"\#(reason)"}]}"#))
    #expect(
      text(reply.openAIBody(Sample.identity)).contains(#""finish_reason":"\#(openai)""#))
    #expect(
      text(reply.anthropicBody(Sample.identity)).contains(#""stop_reason":"\#(anthropic)""#))
  }

  @Test func tellsTheModel() throws {
    #expect(try Sample.reply(.openai, Sample.openai).model == bytes("gpt"))
    #expect(try Sample.reply(.anthropic, Sample.anthropic).model == bytes("claude"))
    #expect(try Sample.reply(.custom, bytes(#"{"content":"a"}"#)).model == nil)
  }

  @Test func errorsHaveTheirShapes() throws {
    let error = FaceError(
      kind: .backend, code: "all_integrations_failed", message: "a \"b\"",
      parameter: bytes("p"))
    #expect(
      text(error.openAIBody)
        == #"{"error":{"message":"a \"b\"","type":"backend_error","param":"p","#
        + #""code":"all_integrations_failed"}}"#)
    #expect(
      text(error.anthropicBody)
        == #"{"type":"error","error":{"type":"api_error","message":"a \"b\"","#
        + #""code":"all_integrations_failed","param":"p"}}"#)
    let limit = FaceError(kind: .rateLimit, code: "c", message: "m")
    #expect(text(limit.openAIBody).contains(#""param":null"#))
    #expect(text(limit.anthropicBody).contains(#""type":"rate_limit_error""#))
  }
}
