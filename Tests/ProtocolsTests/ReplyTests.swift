@testable import Protocols
import JSON
import Testing
import TestSupport

/// Whole replies of each dialect.
@Suite struct ReplyTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var dialect: Dialect
    var body: String
    var content: String
    var attachments = "[]"
    var metadata: String
    var input: Int?
    var output: Int?
    var finishReason: String?

    var testDescription: String { "\(dialect): \(body.prefix(60))" }
  }

  static let examples: [Example] = [
    Example(dialect: .custom, body: #"{"content":"Hi!"}"#, content: #""Hi!""#, metadata: "{}"),
    Example(
      dialect: .custom,
      body: #" { "tokens" : 1.0E2, "content": "a\u0062\/ \ud800", "attachments": [ {"url":"x"} ],"#
        + #""metadata": {"model": "m", "n":123456789012345678901234567890} } "#,
      content: #""a\u0062\/ \ud800""#, attachments: #"[ {"url":"x"} ]"#,
      metadata: #"{"tokens":1.0E2,"model":"m","n":123456789012345678901234567890}"#),
    Example(
      dialect: .custom,
      body:
        #"{"content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"b"}}],"#
        + #""usage":{"input_tokens":3,"output_tokens":4}}"#,
      content: #"[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"b"}}]"#,
      metadata: #"{"usage":{"input_tokens":3,"output_tokens":4}}"#, input: 3, output: 4),
    Example(
      dialect: .custom,
      body: #"{"content":"x","metadata":{ "a" : 1.0 , "usage":{"input_tokens":3}} }"#,
      content: #""x""#, metadata: #"{ "a" : 1.0 , "usage":{"input_tokens":3}}"#, input: 3),
    Example(
      dialect: .custom, body: #"{"content":"x","metadata":null,"attachments":null}"#,
      content: #""x""#, metadata: "{}"),
    Example(
      dialect: .custom,
      body: #"{"model":"outer","content":"old","m\u006fdel":"outer2","a":1,"content":"new","#
        + #""metadata":{"b":2,"model":"inner","usage":{"prompt_tokens":5}}}"#,
      content: #""new""#,
      metadata: #"{"model":"inner","a":1,"b":2,"usage":{"prompt_tokens":5}}"#, input: 5),
    Example(
      dialect: .custom,
      body: #"{"content":"x","metadata":"text","attachments":{"a":1},"role":"assistant"}"#,
      content: #""x""#, metadata: #"{"metadata":"text","attachments":{"a":1},"role":"assistant"}"#),
    Example(
      dialect: .custom, body: #"{"metadata":null,"attachments":null,"content":"x","error":null}"#,
      content: #""x""#, metadata: #"{"error":null}"#),
    Example(
      dialect: .openai,
      body: #"{"id":"c1","object":"chat.completion","created":1741570283,"model":"gpt-4o","#
        + #""choices":[{"index":0,"message":{"role":"assistant","content":"H\u00e9","refusal":null,"#
        + #""annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":19,"#
        + #""completion_tokens":10,"total_tokens":29},"system_fingerprint":"fp"}"#,
      content: #""H\u00e9""#,
      metadata:
        #"{"refusal":null,"annotations":[],"index":0,"logprobs":null,"finish_reason":"stop","#
        + #""id":"c1","object":"chat.completion","created":1741570283,"model":"gpt-4o","#
        + #""usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29},"#
        + #""system_fingerprint":"fp"}"#,
      input: 19, output: 10, finishReason: "stop"),
    Example(
      dialect: .openai,
      body:
        #"{"choices":[{"message":{"content":null,"refusal":"I can't."},"finish_reason":"stop"}]}"#,
      content: #""I can't.""#, metadata: #"{"refusal":"I can't.","finish_reason":"stop"}"#,
      finishReason: "stop"),
    Example(
      dialect: .openai,
      body: #"{"choices":[{"message":{"content":"cut","tool_calls":[{"id":"t"}],"id":"m"},"#
        + #""finish_reason":"length"},{"message":{"content":"second"}}],"id":"e","x":{"choices":1}}"#,
      content: #""cut""#,
      metadata: #"{"tool_calls":[{"id":"t"}],"id":"e","finish_reason":"length","x":{"choices":1},"#
        + #""choices":[{"message":{"content":"second"}}]}"#,
      finishReason: "length"),
    Example(
      dialect: .openai,
      body: #"{"choices":[{"message":{"content":"a","choices":7},"finish_reason":null},{}]}"#,
      content: #""a""#, metadata: #"{"finish_reason":null,"choices":[{}]}"#),
    Example(
      dialect: .openai,
      body: #"{"choices":[{"message":{"content":[{"type":"text","text":"a"}]},"#
        + #""finish_reason":"content_filter"}],"usage":{"prompt_tokens":-1,"#
        + #""completion_tokens":9223372036854775807}}"#,
      content: #"[{"type":"text","text":"a"}]"#,
      metadata: #"{"finish_reason":"content_filter","usage":{"prompt_tokens":-1,"#
        + #""completion_tokens":9223372036854775807}}"#,
      finishReason: "content_filter"),
    Example(
      dialect: .anthropic,
      body: #"{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":["#
        + #"{"type":"text","text":"Hi \u00e9\/"}],"stop_reason":"end_turn","stop_sequence":null,"#
        + #""usage":{"input_tokens":12,"cache_creation_input_tokens":100,"#
        + #""cache_read_input_tokens":1000,"output_tokens":6}}"#,
      content: #""Hi \u00e9\/""#,
      metadata: #"{"id":"msg_1","type":"message","model":"claude","stop_reason":"end_turn","#
        + #""stop_sequence":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":100,"#
        + #""cache_read_input_tokens":1000,"output_tokens":6}}"#,
      input: 1112, output: 6, finishReason: "end_turn"),
    Example(
      dialect: .anthropic,
      body: #"{"content":[{"type":"thinking","thinking":"hm","signature":"s"},"#
        + #"{"type":"text","text":"One, \"","citations":null},{"type":"text","text":"","x":null},"#
        + #"{"type":"text","text":"two.","citations":[{"url":"u"}]},"#
        + #"{"type":"tool_use","id":"t","input":{}}],"stop_reason":"refusal"}"#,
      content: #""One, \"two.""#,
      metadata: #"{"stop_reason":"refusal","content":[{"type":"thinking","thinking":"hm","#
        + #""signature":"s"},{"type":"text","citations":[{"url":"u"}]},"#
        + #"{"type":"tool_use","id":"t","input":{}}]}"#,
      finishReason: "refusal"),
  ]

  @Test(arguments: examples)
  func reads(example: Example) throws {
    let reply = try example.dialect.decode(bytes(example.body))
    #expect(text(reply.content) == example.content)
    #expect(text(reply.attachments) == example.attachments)
    #expect(text(reply.metadata) == example.metadata)
    #expect(reply.usage.input == example.input)
    #expect(reply.usage.output == example.output)
    #expect(reply.finishReason == example.finishReason.map { FinishReason(bytes($0).span) })
    #expect(try hasUniqueNames(reply.metadata))
  }

  /// A custom backend's metadata is its own, even with a name twice. If it is merged with members
  /// beside it, each name occurs once.
  @Test func keepsMetadataAsItIs() throws {
    let own = #"{"a":1,"\u0061":2}"#
    let alone = try Dialect.custom.decode(bytes(#"{"content":"x","metadata":\#(own)}"#))
    #expect(text(alone.metadata) == own)
    let merged = try Dialect.custom.decode(bytes(#"{"content":"x","b":3,"metadata":\#(own)}"#))
    #expect(text(merged.metadata) == #"{"b":3,"\u0061":2}"#)
  }

  @Test func echoes() throws {
    let content = bytes(#"[ {"type":"text","text":"\u0041"} ]"#)
    let reply = Reply(echoing: content.span)
    #expect(reply.content == content)
    #expect(text(reply.attachments) == "[]")
    #expect(text(reply.metadata) == "{}")
    #expect(reply.usage.input == nil && reply.usage.output == nil && reply.finishReason == nil)
  }

  /// A reply with very many members takes time in proportion.
  @Test func readsManyMembers() throws {
    var body = "{\"content\":\"x\""
    for index in 0..<20000 { body += ",\"\(index % 19999)\":\(index)" }
    let reply = try Dialect.custom.decode(bytes(body + "}"))
    #expect(try hasUniqueNames(reply.metadata))
    #expect(try value(text(reply.metadata))["0"]?.integer == 19999)
  }
}
