import JSON
import Testing
import TestSupport

@testable import Protocols

/// Streamed answers.
@Suite struct StreamTests {
  /// The text of a stream of deltas and its end.
  private func openai(_ deltas: [ReplyDelta], _ reply: Reply, usage: Bool = true) -> [UInt8] {
    var stream = OpenAIStream(Sample.identity, asksForUsage: usage)
    var output: [UInt8] = []
    for delta in deltas { stream.write(delta, to: &output) }
    output.appendKeepAlive()
    stream.finish(reply, to: &output)
    return output
  }

  private func anthropic(_ deltas: [ReplyDelta], _ reply: Reply) -> [UInt8] {
    var stream = AnthropicStream(Sample.identity)
    var output: [UInt8] = []
    stream.keepAlive(to: &output)
    for delta in deltas { stream.write(delta, to: &output) }
    stream.keepAlive(to: &output)
    stream.finish(reply, to: &output)
    return output
  }

  private func events(_ output: [UInt8]) -> [StreamEvent] {
    var reader = StreamReader(.events, limit: 1 << 20)
    var position = 0
    var events: [StreamEvent] = []
    while let event = reader.next(in: output.span, from: &position) { events.append(event) }
    return events
  }

  @Test func openAIChunks() throws {
    let reply = try Sample.reply(.openai, Sample.openai)
    let output = openai(
      [.text(bytes("a")), .toolCall(index: 0, id: bytes("t"), name: bytes("f"))], reply)
    let opening =
      #"{"id":"id_1","object":"chat.completion.chunk","created":7,"model":"m \"1\"","choices":["#
    let choice = opening + #"{"index":0,"delta":{"#
    let ending = #"},"logprobs":null,"finish_reason":null}],"usage":null}"#
    #expect(
      events(output).map { text($0.data) } == [
        choice + #""role":"assistant","content":"""# + ending,
        choice + #""content":"a""# + ending,
        choice + #""tool_calls":[{"index":0,"id":"t","type":"function","#
          + #""function":{"name":"f","arguments":""}}]"# + ending,
        choice + #"},"logprobs":null,"finish_reason":"tool_calls"}],"usage":null}"#,
        opening
          + #"],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,"x":{"y":1}}}"#,
        "[DONE]",
      ])
    let bare = text(openai([.text(bytes("a"))], reply, usage: false))
    #expect(!bare.contains("usage") && bare.hasSuffix("data: [DONE]\n\n"))
  }

  @Test func anthropicEvents() throws {
    let reply = try Sample.reply(.anthropic, Sample.anthropic)
    let output = anthropic(
      [
        .text(bytes("a")), .toolCall(index: 0, id: bytes("t"), name: bytes("f")),
        .arguments(index: 0, bytes("{}")),
      ], reply)
    let events = events(output)
    for event in events {
      #expect(try JSONDocument(event.data).root["type"]?.string == event.type)
    }
    #expect(text(output).hasPrefix(": keep-alive\n\nevent: message_start\n"))
    #expect(
      events.map { text($0.data) } == [
        #"{"type":"message_start","message":{"id":"id_1","type":"message","role":"assistant","#
          + #""model":"m \"1\"","content":[],"stop_reason":null,"stop_sequence":null,"#
          + #""usage":{"input_tokens":0,"output_tokens":0}}}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","#
          + #""name":"f","input":{}}}"#,
        #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","#
          + #""partial_json":"{}"}}"#,
        #"{"type":"ping"}"#,
        #"{"type":"content_block_stop","index":1}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"#
          + #""usage":{"input_tokens":3,"output_tokens":4,"service_tier":"x"}}"#,
        #"{"type":"message_stop"}"#,
      ])
  }

  /// A written stream is read as the same deltas again, from any dialect to any face.
  @Test func whatIsWrittenIsReadAgain() throws {
    let source = try Sample.reply(.anthropic, Sample.anthropic)
    let deltas = Sample.deltas
    for (dialect, output) in [
      (Dialect.openai, openai(deltas, source)), (.anthropic, anthropic(deltas, source)),
    ] {
      let decoder = StreamDecoder(dialect, .events, limit: 1 << 20)
      #expect(decoder.feed(output.span) == deltas)
      #expect(decoder.isOver && decoder.malformedCount == 0 && decoder.fault == nil)
      #expect(decoder.model.map(text) == "m \"1\"")
      let reply = try decoder.reply(acceptsToolCalls: true)
      #expect(text(reply.content) == #""Héllo \"you\"\n""#)
      #expect(reply.usage.input == 3 && reply.usage.output == 4)
      #expect(reply.toolCalls.map { text($0.id) } == ["t1", "t2"])
      #expect(text(reply.toolCalls[0].arguments) == #"{\"a\": [1]}"#)
      #expect(reply.finishReason == .toolCalls)
      #expect(text(reply.metadata).contains(#"h\u006d!"#))
    }
  }

  /// A signature belongs to the thinking before it, and goes only to Anthropic's clients.
  @Test func signaturesFollowTheirThinking() throws {
    let reply = try Sample.reply(.anthropic, Sample.anthropic)
    let deltas: [ReplyDelta] = [
      .reasoning(bytes("h")), .signature(bytes("s")), .text(bytes("a")),
    ]
    let decoder = StreamDecoder(.anthropic, .events, limit: 1000)
    #expect(decoder.feed(anthropic(deltas, reply).span) == deltas)
    #expect(
      text(try decoder.reply().metadata).contains(
        #"[{"type":"thinking","thinking":"h","signature":"s"}]"#))
    let other = StreamDecoder(.openai, .events, limit: 1000)
    #expect(other.feed(openai(deltas, reply).span) == [deltas[0], deltas[2]])
  }

  /// Token details go with the piece that they came before, and only to OpenAI's clients.
  @Test func logprobsGoWithTheirPiece() throws {
    let reply = try Sample.reply(.openai, Sample.openai)
    let known = (1...3).map { bytes("{\"content\":[{\"t\":\n\($0)}]}") }
    let deltas: [ReplyDelta] = [
      .logprobs(known[0]), .text(bytes("a")), .text(bytes("b")), .logprobs(known[1]),
      .logprobs(known[2]),
    ]
    let choices = try events(openai(deltas, reply, usage: false)).dropLast().map {
      try #require(JSONDocument($0.data).root["choices"]?.elements.first { _ in true })
    }
    let told = choices.map { text(Array($0["logprobs"]!.raw)) }
    #expect(
      told == [
        "null", #"{"content":[{"t": 1}]}"#, "null", #"{"content":[{"t": 2}]}"#,
        #"{"content":[{"t": 3}]}"#,
      ])
    #expect(choices[3]["delta"]!.isEmpty && choices[4]["finish_reason"]!.kind == .string)
    let other = StreamDecoder(.anthropic, .events, limit: 1000)
    let rest = other.feed(anthropic(deltas, reply).span)
    #expect(rest == [deltas[1], deltas[2]])
    #expect(reply.deltas[1] == .logprobs(bytes(#"{"content":[]}"#)))
  }

  @Test func emptyStreamsAreWhole() throws {
    let reply = try Sample.reply(.custom, bytes(#"{"content":"a"}"#))
    let first = StreamDecoder(.openai, .events, limit: 1000)
    #expect(first.feed(openai([], reply).span).isEmpty && first.isOver)
    let second = StreamDecoder(.anthropic, .events, limit: 1000)
    #expect(second.feed(anthropic([], reply).span).isEmpty && second.isOver)
  }

  @Test func nativeEvents() {
    var output: [UInt8] = []
    for delta in Sample.deltas { NativeStream.write(delta, to: &output) }
    output.appendKeepAlive()
    NativeStream.finish(bytes("{\"data\":{\r\n \"a\" :\n1}}\n").span, to: &output)
    NativeStream.fail(bytes("{\"error\":1}").span, to: &output)
    #expect(
      text(output)
        == "event: delta\ndata: {\"reasoning\":\"h\\u006d\"}\n\n"
        + "event: delta\ndata: {\"reasoning\":\"!\"}\n\n"
        + "event: delta\ndata: {\"content\":\"Hé\"}\n\n"
        + "event: delta\ndata: {\"content\":\"llo \\\"you\\\"\\n\"}\n\n: keep-alive\n\n"
        + "event: message\ndata: {\"data\":{   \"a\" : 1}} \n\nevent: error\ndata: {\"error\":1}\n\n"
    )
  }

  /// A failed stream is never taken for a whole one.
  @Test func failuresAreSeen() {
    let error = FaceError(kind: .backend, code: "all_integrations_failed", message: "no")
    var output = failed(.openai, error)
    let first = StreamDecoder(.openai, .events, limit: 1000)
    _ = first.feed(output.span)
    #expect(first.fault == .reported(BackendError(error.openAIBody)))
    #expect(!first.isFinished && !text(output).contains("[DONE]"))

    output = failed(.anthropic, error)
    let second = StreamDecoder(.anthropic, .events, limit: 1000)
    _ = second.feed(output.span)
    #expect(second.fault == .reported(BackendError(error.anthropicBody)))
    #expect(!second.isFinished)
  }

  /// A stream that fails after a piece of the reply.
  private func failed(_ face: Face, _ error: FaceError) -> [UInt8] {
    let writer = face.writer(AnswerTerms())
    var output: [UInt8] = []
    writer.write([.text(bytes("a"))], answer: bytes("msg_1"), model: nil, to: &output)
    writer.fail(error, attempts: { _ in }, to: &output)
    return output
  }
}
