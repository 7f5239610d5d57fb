import Protocols
import Testing
import TestSupport

/// Requests for streams, and requests to continue a reply.
@Suite struct StreamRequestTests {
  private func body(
    _ dialect: Dialect, parameters: [(String, String)] = [], streams: Bool = true,
    prefill: String? = nil
  ) throws -> String {
    let profile = RequestProfile(
      dialect: dialect, model: bytes("m"), maxTokens: 5,
      parameters: try parameters.map { try parameter($0.0, $0.1) }, botID: bytes("b"),
      botName: bytes("b"))
    var encoder = RequestEncoder(
      profile, conversationID: bytes("c"), user: nil, metadata: nil, streams: streams)
    try encoder.append(.user, content: bytes("\"Hi\"").span)
    if let prefill { encoder.append(prefill: bytes(prefill).span) }
    return text(try encoder.finish().bytes)
  }

  @Test func asksForAStream() throws {
    #expect(
      try body(.openai)
        == #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":5,"#
        + #""stream":true,"stream_options":{"include_usage":true}}"#)
    #expect(
      try body(.anthropic)
        == #"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"Hi"}],"stream":true}"#
    )
    #expect(try body(.custom).hasSuffix(#""metadata":{},"stream":true}"#))
  }

  /// OpenAI and vLLM refuse `stream_options` without a stream; some backends refuse it always.
  @Test(arguments: [
    ("null", true, ""), (#"{"include_usage":false}"#, true, #"{"include_usage":false}"#),
    (#"{"include_usage":true}"#, false, ""), ("null", false, ""),
  ])
  func streamOptionsCanBeSet(value: String, streams: Bool, sent: String) throws {
    let body = try body(.openai, parameters: [("stream_options", value)], streams: streams)
    #expect(body.contains("stream_options") == !sent.isEmpty)
    #expect(body.contains("\"stream_options\":\(sent)") == !sent.isEmpty)
    #expect(body.contains("\"stream\":true") == streams)
  }

  @Test func continuesAReply() throws {
    let messages =
      #""messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"He \n"}]"#
    let told = #""continue_final_message":true,"add_generation_prompt":false"#
    let openai = try body(.openai, prefill: #""He \n""#)
    #expect(openai.contains(messages) && openai.contains(told))
    let custom = try body(.custom, streams: false, prefill: #""He \n""#)
    #expect(custom.contains(messages) && custom.hasSuffix(told + "}"))
    let anthropic = try body(.anthropic, prefill: #""He \n""#)
    #expect(
      anthropic.contains(messages.replacing(#" \n""#, with: "\"")) && !anthropic.contains("final"))
    // Without a beginning there is no message.
    #expect(try body(.anthropic, prefill: #""\t ""#) == body(.anthropic))
  }

  @Test func parametersTakeTheirPlace() throws {
    let body = try body(
      .openai, parameters: [("continue_final_message", "false"), ("add_generation_prompt", "1")],
      prefill: #""a""#)
    #expect(body.contains(#""continue_final_message":false,"add_generation_prompt":1"#))
    #expect(try hasUniqueNames(bytes(body)))
  }
}
