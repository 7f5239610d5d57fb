import Bytes
import Foundation
import JSON
import Platform
import Protocols
import TestSupport
import Testing

/// OpenAI's Responses, to clients and to backends.
@Suite struct ResponsesTests {
  private static func profile(_ dialect: Dialect, system: String? = nil) -> RequestProfile {
    RequestProfile(
      dialect: dialect, model: bytes("m"), parameters: [], botID: bytes("b"), botName: bytes("B"),
      system: system.map(bytes))
  }

  private static func encode(_ chat: ChatRequest, _ profile: RequestProfile) throws -> String {
    var encoder = RequestEncoder(
      try profile.serving(chat), conversationID: bytes("c"), user: nil, metadata: nil)
    if chat.hasSystemField { try encoder.append(systemOf: chat) }
    try encoder.append(messagesOf: chat)
    return text(try encoder.finish().bytes)
  }

  // MARK: Requests of clients

  @Test(arguments: [
    // Calls and outputs by turns.
    (
      #"[{"type":"function_call","call_id":"a","name":"f","arguments":"{}"},"#
        + #"{"type":"function_call_output","call_id":"a","output":"1"},"#
        + #"{"type":"function_call","call_id":"b","name":"f","arguments":"{}"},"#
        + #"{"type":"function_call_output","call_id":"b","output":[]}]"#,
      #"{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","#
        + #""function":{"name":"f","arguments":"{}"}}]},"#
        + #"{"role":"tool","tool_call_id":"a","content":"1"},"#
        + #"{"role":"assistant","content":null,"tool_calls":[{"id":"b","type":"function","#
        + #""function":{"name":"f","arguments":"{}"}}]},"#
        + #"{"role":"tool","tool_call_id":"b","content":""}"#
    ),
    // Two messages of the assistant's stay two; text after a call joins it.
    (
      #"[{"role":"assistant","content":"A"},{"role":"assistant","content":"B"},"#
        + #"{"type":"function_call","call_id":"a","name":"f","arguments":"{}"}]"#,
      #"{"role":"assistant","content":"A"},"#
        + #"{"role":"assistant","content":"B","tool_calls":[{"id":"a","type":"function","#
        + #""function":{"name":"f","arguments":"{}"}}]}"#
    ),
    // Thinking without calls is left out.
    (
      #"[{"type":"reasoning","content":[{"type":"reasoning_text","text":"Hm"}],"summary":[]},"#
        + #"{"role":"assistant","content":[{"type":"refusal","refusal":"No"}]}]"#,
      #"{"role":"assistant","content":"No"}"#
    ),
    (#""Hi""#, #"{"role":"user","content":"Hi"}"#),
  ])
  func readsItems(input: String, messages: String) throws {
    let chat = try ChatRequest(responses: try value(#"{"model":"b","input":"# + input + "}"))
    #expect(
      try Self.encode(chat, Self.profile(.openai))
        == #"{"model":"m","messages":["# + messages + "]}")
  }

  /// To a backend of the same interface everything goes byte for byte, but for what Postern says itself.
  @Test func passesOn() throws {
    let items =
      #"[ {"role":"user","content":[]}, {"type":"web_search_call","id":"ws_1"},"#
      + #"{"type":"reasoning","id":"rs_1","encrypted_content":"x","summary":[]}]"#
    let chat = try ChatRequest(
      responses: try value(
        #"{"model":"b","input":"# + items
          + #","instructions":"I","tools":[{"type":"web_search" }],"stream":false,"store":true,"#
          + #""previous_response_id":"resp_1","conversation":"c","background":false,"new":1e2}"#))
    #expect(
      try Self.encode(chat, Self.profile(.responses, system: "S"))
        == #"{"model":"m","input":[{"role":"system","content":"S"},{"role":"user","content":[]},"#
        + #"{"type":"web_search_call","id":"ws_1"},"#
        + #"{"type":"reasoning","id":"rs_1","encrypted_content":"x","summary":[]}],"#
        + #""instructions":"I","tools":[{"type":"web_search" }],"store":true,"new":1e2}"#)
    #expect(throws: TranslationFault.self) { try Self.encode(chat, Self.profile(.openai)) }
    #expect(throws: TranslationFault.self) { try Self.encode(chat, Self.profile(.anthropic)) }
  }

  /// System messages of earlier turns stay where they stand; Anthropic has a field for them.
  @Test(arguments: [
    (
      Dialect.openai, #","instructions":"I""#,
      #"{"model":"m","messages":[{"role":"system","content":"S"},{"role":"system","content":"I"},"#
        + #"{"role":"developer","content":"D"},{"role":"user","content":"P"},"#
        + #"{"role":"assistant","content":"R"},{"role":"user","content":"Q"}]}"#
    ),
    (
      .anthropic, #","instructions":"I""#,
      #"{"model":"m","max_tokens":1024,"messages":[{"role":"user","content":"P"},"#
        + #"{"role":"assistant","content":"R"},{"role":"user","content":"Q"}],"#
        + #""system":[{"type":"text","text":"S"},{"type":"text","text":"D"},"#
        + #"{"type":"text","text":"I"}]}"#
    ),
    (
      .anthropic, "",
      #"{"model":"m","max_tokens":1024,"messages":[{"role":"user","content":"P"},"#
        + #"{"role":"assistant","content":"R"},{"role":"user","content":"Q"}],"#
        + #""system":[{"type":"text","text":"S"},{"type":"text","text":"D"}]}"#
    ),
  ])
  func recallsSystemMessages(dialect: Dialect, more: String, body: String) throws {
    let chat = try ChatRequest(responses: try value(#"{"model":"b","input":"Q""# + more + "}"))
    let profile = Self.profile(dialect, system: "S")
    var encoder = RequestEncoder(
      try profile.serving(chat), conversationID: bytes("c"), user: nil, metadata: nil)
    try encoder.append(systemOf: chat)
    let kept =
      #"{"input":[{"role":"developer","content":"D"},{"role":"user","content":"P"}]}"#
    try encoder.append(.user, content: bytes(kept).span)
    try encoder.append(.assistant, content: bytes(#""R""#).span)
    try encoder.append(messagesOf: chat)
    #expect(text(try encoder.finish().bytes) == body)
  }

  // MARK: Requests to backends

  @Test func sendsChatCompletions() throws {
    let root = try value(
      #"{"model":"b","messages":[{"role":"system","content":"S"},"#
        + #"{"role":"user","content":[{"type":"text","text":"T"},"#
        + #"{"type":"image_url","image_url":{"url":"u","detail":"low"}}]},"#
        + #"{"role":"assistant","content":"A","tool_calls":[{"id":"t","type":"function","#
        + #""function":{"name":"f","arguments":"{}"}}]},"#
        + #"{"role":"tool","tool_call_id":"t","content":"R"}],"max_completion_tokens":50,"#
        + #""tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"#
        + #""tool_choice":{"type":"function","function":{"name":"f"}},"seed":1,"n":1,"#
        + #""reasoning_effort":"low","verbosity":"high","response_format":{"type":"json_schema","#
        + #""json_schema":{"name":"n","schema":{}}},"temperature":0.5,"frequency_penalty":0}"#)
    let chat = ChatRequest(.openai, body: root, messages: try #require(root["messages"]))
    #expect(
      try Self.encode(chat, Self.profile(.responses))
        == #"{"model":"m","input":[{"role":"system","content":"S"},"#
        + #"{"role":"user","content":[{"type":"input_text","text":"T"},"#
        + #"{"type":"input_image","image_url":"u","detail":"low"}]},"#
        + #"{"role":"assistant","content":"A"},"#
        + #"{"type":"function_call","call_id":"t","name":"f","arguments":"{}"},"#
        + #"{"type":"function_call_output","call_id":"t","output":"R"}],"store":false,"#
        + #""max_output_tokens":50,"#
        + #""tools":[{"type":"function","name":"f","parameters":{},"strict":false}],"#
        + #""tool_choice":{"type":"function","name":"f"},"reasoning":{"effort":"low"},"#
        + #""temperature":0.5,"text":{"format":{"type":"json_schema","name":"n","schema":{}},"#
        + #""verbosity":"high"}}"#)
  }

  @Test func sendsMessagesOfAnthropic() throws {
    let root = try value(
      #"{"model":"b","max_tokens":9,"system":"S","messages":[{"role":"user","content":"Q"},"#
        + #"{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"a":1}}]},"#
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"R"}]}]}"#)
    let chat = ChatRequest(.anthropic, body: root, messages: try #require(root["messages"]))
    #expect(
      try Self.encode(chat, Self.profile(.responses))
        == #"{"model":"m","input":[{"role":"system","content":"S"},{"role":"user","content":"Q"},"#
        + #"{"type":"function_call","call_id":"t","name":"f","arguments":"{\"a\":1}"},"#
        + #"{"type":"function_call_output","call_id":"t","output":"R"}],"store":false,"#
        + #""max_output_tokens":9}"#)
  }

  @Test(arguments: ["stop", "logit_bias", "audio", "new_thing"])
  func refusesFieldsWithoutEquivalent(name: String) throws {
    let root = try value(
      #"{"messages":[{"role":"user","content":"Q"}],""# + name + #"":["x"]}"#)
    let chat = ChatRequest(.openai, body: root, messages: try #require(root["messages"]))
    #expect(throws: TranslationFault.unsupportedField(bytes(name))) {
      try Self.encode(chat, Self.profile(.responses))
    }
  }

  // MARK: Replies

  @Test(arguments: [
    (#""status":"completed""#, FinishReason.end), (#""x":1"#, nil),
    (#""status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}"#, .tokenLimit),
    (#""status":"incomplete","incomplete_details":{"reason":"content_filter"}"#, .refusal),
  ])
  func readsReplies(more: String, end: FinishReason?) throws {
    let output =
      #""output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm"}]},"#
      + #"{"type":"message","content":[{"type":"output_text","text":"a"},"#
      + #"{"type":"output_text","text":"b"}]},"#
      + #"{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]"#
    let reply = try Dialect.responses.decode(
      bytes("{" + output + "," + more + "}"), acceptsToolCalls: true)
    #expect(text(reply.content) == #""ab""#)
    #expect(reply.finishReason == end)
    #expect(reply.toolCalls.map { text($0.id) } == ["c"])
    #expect(reply.deltas.first == .reasoning(bytes("Hm")))
  }

  @Test(arguments: [
    #""status":"failed","error":{"code":"server_error","message":"x"}"#,
    #""status":"in_progress""#, #""status":"cancelled""#,
    #""status":"incomplete","incomplete_details":{"reason":"new_reason"}"#,
  ])
  func refusesBrokenReplies(more: String) throws {
    let message = #"{"type":"message","content":[{"type":"output_text","text":"a"}]}"#
    #expect(throws: ReplyFault.self) {
      try Dialect.responses.decode(bytes(#"{"output":["# + message + "]," + more + "}"))
    }
  }

  /// A refusal is told apart from text, whole and in pieces, by backends of both interfaces.
  @Test(arguments: [
    (
      Dialect.openai,
      #"{"choices":[{"message":{"content":null,"refusal":"No."},"finish_reason":"stop"}]}"#
    ),
    (
      .responses,
      #"{"output":[{"type":"message","content":[{"type":"refusal","refusal":"No."}]}],"#
        + #""status":"completed"}"#
    ),
  ])
  func tellsRefusalsApart(dialect: Dialect, body: String) throws {
    let reply = try dialect.decode(bytes(body))
    #expect(text(reply.content) == #""No.""#)
    #expect(reply.deltas == [.refusal(bytes("No."))])
    let other = dialect == .openai ? Face.responses : .openai
    let writer = other.writer(AnswerTerms(model: bytes("b")))
    let id = bytes("resp_0123456789abcdef01234567")
    let facts = AnswerFacts(
      identifier: id, conversation: bytes("c"),
      integration: .init(id: bytes("i"), name: bytes("I"), isFallback: false),
      time: WallTime(milliseconds: 0))
    let whole = text(writer.body(of: reply, facts) { _ in })
    if dialect == .openai {
      #expect(whole.contains(#""content":[{"type":"refusal","refusal":"No."}]"#))
    } else {
      #expect(whole.contains(#""content":null,"refusal":"No.""#))
    }
    var output: [UInt8] = []
    writer.write(reply.deltas, answer: id, model: nil, to: &output)
    writer.finish(reply, facts, attempts: { _ in }, to: &output)
    let stream = text(output)
    if dialect == .openai {
      let at = #""output_index":0,"item_id":"msg_0123456789abcdef01234567_0","content_index":0"#
      #expect(stream.contains(at + #","delta":"No."}"#))
      #expect(stream.contains(at + #","refusal":"No."}"#))
      #expect(stream.contains(at + #","part":{"type":"refusal","refusal":"No."}}"#))
      #expect(!stream.contains("output_text"))
    } else {
      #expect(stream.contains(#""refusal":"No.""#))
      #expect(!stream.contains(#""content":"No.""#))
    }
  }

  // MARK: Answers

  /// Calls that come by turns have a place each, and all that is told adds up to the end.
  @Test func streamsCallsByTurns() throws {
    let writer = Face.responses.writer(AnswerTerms(model: bytes("b"), created: 7))
    let id = bytes("resp_0123456789abcdef01234567")
    var output: [UInt8] = []
    let deltas: [ReplyDelta] = [
      .reasoning(bytes("Hm")), .text(bytes("A")),
      .toolCall(index: 0, id: bytes("x"), name: bytes("f")),
      .toolCall(index: 1, id: bytes("y"), name: bytes("g")), .arguments(index: 1, bytes("[")),
      .arguments(index: 0, bytes("{}")), .arguments(index: 1, bytes("]")),
    ]
    writer.write(deltas, answer: id, model: nil, to: &output)
    let reply = try Dialect.openai.decode(Sample.openai, acceptsToolCalls: true)
    writer.finish(
      reply,
      AnswerFacts(
        identifier: id, conversation: bytes("c"),
        integration: .init(id: bytes("i"), name: bytes("I"), isFallback: false),
        time: WallTime(milliseconds: 0)), attempts: { _ in }, to: &output)
    let events = try text(output).components(separatedBy: "\n\n").dropLast().map { event in
      try value(String(event.split(separator: "\n")[1].dropFirst(6)))
    }
    #expect(events.enumerated().allSatisfy { $0 == $1["sequence_number"]?.integer })
    let done = events.filter { $0.member("type", is: "response.output_item.done") }
    let last = try #require(events.last?["response"])
    let items = try #require(last["output"]).elements.map { text(Array($0.raw)) }
    #expect(Set(done.map { text(Array($0["item"]!.raw)) }) == Set(items))
    #expect(items.count == 4)
    #expect(
      items[3]
        == #"{"id":"fc_0123456789abcdef01234567_3","type":"function_call","status":"completed","#
        + #""call_id":"y","name":"g","arguments":"[]"}"#)
    #expect(text(Array(last["usage"]!.raw)).hasPrefix(#"{"input_tokens":3,"#))
  }
}
