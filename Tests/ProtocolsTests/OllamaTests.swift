import Bytes
import JSON
import Platform
import Protocols
import TestSupport
import Testing

/// Ollama's interface, to clients.
@Suite struct OllamaTests {
  private static func encode(_ chat: ChatRequest, _ dialect: Dialect) throws -> String {
    let profile = RequestProfile(
      dialect: dialect, model: bytes("m"), parameters: [], botID: bytes("b"), botName: bytes("B"))
    var encoder = RequestEncoder(
      try profile.serving(chat), conversationID: bytes("c"), user: nil, metadata: nil)
    try encoder.append(messagesOf: chat)
    return text(try encoder.finish().bytes)
  }

  private static func chat(_ members: String, _ purpose: Purpose = .chat) throws -> ChatRequest {
    try ChatRequest(ollama: try value(#"{"model":"b","# + members + "}"), for: purpose)
  }

  // MARK: Requests

  private static let messages: [(String, String)] = [
    (#"[{"role":"user","content":"Hi"}]"#, #"[{"role":"user","content":"Hi"}]"#),
    (#"[{"role":"user"}]"#, #"[{"role":"user","content":""}]"#),
    // Images, by how they begin.
    (
      #"[{"role":"user","content":"Q","images":["iVBORw0KGgo=","/9j/4A==","\/9j\/4A==","R0lGODlh","UklGRgA="]}]"#,
      #"""
      [{"role":"user","content":[{"type":"text","text":"Q"},\#
      {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}},\#
      {"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/4A=="}},\#
      {"type":"image_url","image_url":{"url":"data:image/jpeg;base64,\/9j\/4A=="}},\#
      {"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlh"}},\#
      {"type":"image_url","image_url":{"url":"data:image/webp;base64,UklGRgA="}}]}]
      """#
    ),
    (
      #"[{"role":"user","content":"","images":["data:image/bmp;base64,Qk0="]}]"#,
      #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/bmp;base64,Qk0="}}]}]"#
    ),
    // Results belong to calls by name, then by order; thinking goes back with the calls that it led to.
    (
      #"""
      [{"role":"assistant","thinking":"Hm","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}},\#
      {"function":{"name":"g","arguments":"{}"}},{"function":{"name":"f"}}]},\#
      {"role":"tool","tool_name":"g","content":"1"},{"role":"tool","name":"f","content":"2"},\#
      {"role":"tool","content":"3"},{"role":"tool","content":"4"},\#
      {"role":"assistant","content":"A","thinking":"Hm"}]
      """#,
      #"""
      [{"role":"assistant","content":null,"reasoning_content":"Hm","tool_calls":[\#
      {"id":"call00000","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},\#
      {"id":"call00001","type":"function","function":{"name":"g","arguments":"{}"}},\#
      {"id":"call00002","type":"function","function":{"name":"f","arguments":"{}"}}]},\#
      {"role":"tool","content":"1","tool_call_id":"call00001"},\#
      {"role":"tool","content":"2","tool_call_id":"call00000"},\#
      {"role":"tool","content":"3","tool_call_id":"call00002"},\#
      {"role":"tool","content":"4","tool_call_id":"call00003"},\#
      {"role":"assistant","content":"A"}]
      """#
    ),
    // Identifiers that are there stay.
    (
      #"""
      [{"role":"assistant","content":"","tool_calls":[{"id":"a","function":{"name":"f","arguments":{}}},\#
      {"id":"b","function":{"name":"f","arguments":{}}}]},\#
      {"role":"tool","tool_call_id":"b","content":"1"},{"role":"tool","tool_name":"f","content":"2"}]
      """#,
      #"""
      [{"role":"assistant","content":null,"tool_calls":[\#
      {"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},\#
      {"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}]},\#
      {"role":"tool","content":"1","tool_call_id":"b"},{"role":"tool","content":"2","tool_call_id":"a"}]
      """#
    ),
    // Calls without results are not answered by those of a later turn.
    (
      #"""
      [{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{}}}]},\#
      {"role":"user","content":"Q"},\#
      {"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{}}}]},\#
      {"role":"tool","tool_name":"f","content":"1"}]
      """#,
      #"""
      [{"role":"assistant","content":null,"tool_calls":[\#
      {"id":"call00000","type":"function","function":{"name":"f","arguments":"{}"}}]},\#
      {"role":"user","content":"Q"},\#
      {"role":"assistant","content":null,"tool_calls":[\#
      {"id":"call00001","type":"function","function":{"name":"f","arguments":"{}"}}]},\#
      {"role":"tool","content":"1","tool_call_id":"call00001"}]
      """#
    ),
  ]

  @Test(arguments: messages)
  func readsMessages(given: String, sent: String) throws {
    let chat = try Self.chat(#""messages":"# + given)
    #expect(text([UInt8](chat.messages.raw)) == sent)
  }

  @Test func readsFields() throws {
    let chat = try Self.chat(
      #""messages":[{"role":"user","content":"Q"}],"stream":false,"keep_alive":"5m","new":1,"#
        + #""think":"high","format":{"type":"object"},"tools":[{"type":"function","#
        + #""function":{"name":"f","parameters":{}}}],"options":{"temperature":0.50,"top_p":1,"#
        + #""seed":7,"num_predict":9,"stop":["A"],"num_ctx":4096,"mirostat":true,"#
        + #""presence_penalty":null,"frequency_penalty":1.5,"top_k":3}"#)
    #expect(
      text([UInt8](chat.body.raw))
        == #"{"model":"b","stream":false,"messages":[{"role":"user","content":"Q"}],"#
        + #""tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"#
        + #""response_format":{"type":"json_schema","json_schema":{"name":"reply","#
        + #""schema":{"type":"object"}}},"reasoning_effort":"high","temperature":0.50,"top_p":1,"#
        + #""seed":7,"frequency_penalty":1.5,"max_tokens":9,"stop":["A"]}"#)
  }

  /// A stream is what Ollama's clients get unless they say otherwise; fields that say nothing are not sent.
  @Test(arguments: [
    "", #","stream":true"#,
    #","stream":null,"tools":[],"format":"","think":false,"options":{"num_predict":-1,"stop":[]}"#,
    #","tools":null,"format":null,"think":null,"options":null"#,
  ])
  func streams(more: String) throws {
    let chat = try Self.chat(#""messages":[]"# + more)
    #expect(text([UInt8](chat.body.raw)) == #"{"model":"b","stream":true,"messages":[]}"#)
  }

  @Test(arguments: [
    (#""prompt":"Q""#, #"[{"role":"user","content":"Q"}]"#),
    (
      #""prompt":"Q","system":"S","suffix":"","raw":false,"context":[],"template":null"#,
      #"[{"role":"system","content":"S"},{"role":"user","content":"Q"}]"#
    ),
    (
      #""prompt":"","images":["R0lGODlh"]"#,
      #"""
      [{"role":"user","content":[{"type":"image_url",\#
      "image_url":{"url":"data:image/gif;base64,R0lGODlh"}}]}]
      """#
    ),
    (#""system":"S""#, "[]"), (#""prompt":"","images":[]"#, "[]"), (#""keep_alive":0"#, "[]"),
  ])
  func readsPrompts(given: String, messages: String) throws {
    let chat = try Self.chat(given, .completions)
    #expect(text([UInt8](chat.messages.raw)) == messages)
  }

  @Test(arguments: [
    (#""messages":{}"#, "messages is invalid"),
    (#""messages":[{"content":"Q"}]"#, "messages[0].role is invalid"),
    (#""messages":[7]"#, "messages[0].role is invalid"),
    (#""messages":[{"role":"user","content":[]}]"#, "messages[0].content is invalid"),
    (#""messages":[{"role":"user","images":["Qk0="]}]"#, "messages[0].images is invalid"),
    (#""messages":[{"role":"user","images":"R0lGODlh"}]"#, "messages[0].images is invalid"),
    (
      #""messages":[{"role":"tool","images":["R0lGODlh"]}]"#,
      "the backend has no equivalent of what messages[0].images asks for"
    ),
    (
      #""messages":[{"role":"assistant","tool_calls":[{"name":"f"}]}]"#,
      "messages[0].tool_calls is invalid"
    ),
    (#""messages":[],"tools":{}"#, "tools is invalid"),
    (#""messages":[],"format":"yaml""#, "format is invalid"),
    (#""messages":[],"think":1"#, "think is invalid"),
    (#""messages":[],"options":[]"#, "options is invalid"),
    (#""messages":[],"options":{"seed":"7"}"#, "seed is invalid"),
    (#""messages":[],"options":{"num_predict":"7"}"#, "num_predict is invalid"),
    (#""messages":[],"options":{"stop":7}"#, "stop is invalid"),
  ])
  func refusesWhatIsMalformed(given: String, message: String) throws {
    let fault = #expect(throws: TranslationFault.self) { try Self.chat(given) }
    #expect(fault.map { "\($0.message)" } == message)
  }

  @Test(arguments: [#""suffix":"x""#, #""raw":true"#, #""template":"x""#, #""context":[1]"#])
  func refusesWhatBackendsCannot(given: String) throws {
    let name = String(given.dropFirst().prefix { $0 != "\"" })
    #expect(throws: TranslationFault.unsupportedField(bytes(name))) {
      try Self.chat(#""prompt":"Q","# + given, .completions)
    }
  }

  // MARK: Requests to backends

  /// Options that a backend has no equivalent for are left out: they are hints. What the reply is to be is not.
  @Test func leavesHintsOut() throws {
    let chat = try Self.chat(
      #""messages":[{"role":"user","content":"Q"}],"#
        + #""options":{"frequency_penalty":1,"presence_penalty":1,"seed":1,"temperature":0.5}"#)
    #expect(
      try Self.encode(chat, .responses)
        == #"{"model":"m","input":[{"role":"user","content":"Q"}],"store":false,"temperature":0.5}"#
    )
    #expect(
      try Self.encode(chat, .anthropic)
        == #"{"model":"m","max_tokens":1024,"messages":[{"role":"user","content":"Q"}],"temperature":0.5}"#
    )
    let stopping = try Self.chat(
      #""messages":[{"role":"user","content":"Q"}],"options":{"stop":["A"]}"#)
    #expect(throws: TranslationFault.unsupportedField(bytes("stop"))) {
      try Self.encode(stopping, .responses)
    }
  }

  // MARK: Answers

  private static func reply(_ body: String) throws -> Reply {
    try Dialect.openai.decode(bytes(body), acceptsToolCalls: true)
  }

  private static var facts: AnswerFacts {
    AnswerFacts(
      identifier: bytes("msg_1"), conversation: bytes("c"),
      integration: .init(id: bytes("i"), name: bytes("I"), isFallback: false),
      time: WallTime(milliseconds: 0))
  }

  /// The answer without what depends on the time.
  private static func timeless(_ answer: String) -> String {
    answer.replacing(/"created_at":"[0-9T:.-]+Z"/, with: #""created_at":T"#)
      .replacing(/_duration":[0-9]+/, with: #"_duration":D"#)
  }

  private static let done =
    #""total_duration":D,"load_duration":D,"prompt_eval_count":9,"prompt_eval_duration":D,"eval_count":2,"eval_duration":D}"#
  private static let usage = #""usage":{"prompt_tokens":9,"completion_tokens":2}"#

  @Test(arguments: [
    (
      #"{"content":"A\n","reasoning_content":"Hm"}"#, "stop", Purpose.chat,
      #""message":{"role":"assistant","content":"A\n","thinking":"Hm"},"done":true,"done_reason":"stop","#
    ),
    (
      #"{"content":"A"}"#, "length", .completions,
      #""response":"A","done":true,"done_reason":"length","#
    ),
    (
      #"{"content":null,"tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{\n\"a\": \"\\\"\"}"}},"#
        + #"{"id":"c2","function":{"name":"g","arguments":""}}]}"#, "tool_calls", .chat,
      #"""
      "message":{"role":"assistant","content":"","tool_calls":[\#
      {"id":"c1","function":{"index":0,"name":"f","arguments":{ "a": "\""}}},\#
      {"id":"c2","function":{"index":1,"name":"g","arguments":{}}}]},"done":true,"done_reason":"stop",
      """#
    ),
  ])
  func answersWhole(message: String, reason: String, purpose: Purpose, written: String) throws {
    let reply = try Self.reply(
      #"{"model":"real","choices":[{"message":"# + message + #","finish_reason":""# + reason
        + #""}],"# + Self.usage + "}")
    let writer = Face.ollama.writer(AnswerTerms(model: bytes("b"), purpose: purpose))
    let body = text(writer.body(of: reply, Self.facts) { _ in })
    #expect(
      Self.timeless(body) == #"{"model":"real","created_at":T,"# + written + Self.done)
    _ = try value(body)
  }

  @Test(arguments: [Purpose.chat, .completions])
  func streamsLines(purpose: Purpose) throws {
    let writer = Face.ollama.writer(AnswerTerms(model: bytes("b"), purpose: purpose))
    var output: [UInt8] = []
    writer.keepAlive(to: &output)
    writer.write(
      [.reasoning(bytes("Hm")), .text(bytes(#"A\n"#)), .toolCall(index: 0, id: [], name: [])],
      answer: bytes("msg_1"), model: bytes("real"), to: &output)
    let reply = try Self.reply(
      #"{"model":"real","choices":[{"message":{"content":"A\n","tool_calls":[{"id":"c1","function":"#
        + #"{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}],"# + Self.usage + "}")
    writer.finish(reply, Self.facts, attempts: { _ in }, to: &output)
    let lines = Self.timeless(text(output)).split(separator: "\n").map(String.init)
    let (before, after) =
      purpose == .chat
      ? (#""message":{"role":"assistant","content":"#, "}") : (#""response":"#, "")
    let call =
      #","tool_calls":[{"id":"c1","function":{"index":0,"name":"f","arguments":{}}}]"#
    let pieces = [
      ("b", #""""#), ("real", #""","thinking":"Hm""#), ("real", #""A\n""#), ("real", #""""# + call),
    ]
    let expected = pieces.map { model, piece in
      #"{"model":""# + model + #"","created_at":T,"# + before + piece + after + #","done":false}"#
    }
    #expect(lines.dropLast() == expected[...])
    #expect(
      lines.last
        == #"{"model":"real","created_at":T,"# + before + #""""# + after
        + #","done":true,"done_reason":"stop","# + Self.done)
  }

  @Test func failsInALine() {
    let error = FaceError(kind: .backend, code: "x", message: "No \"luck\".")
    let writer = Face.ollama.writer(AnswerTerms())
    var output: [UInt8] = []
    writer.fail(error, attempts: { _ in }, to: &output)
    #expect(text(output) == #"{"error":"No \"luck\"."}"# + "\n")
    #expect(text(Face.ollama.body(of: error)) == #"{"error":"No \"luck\"."}"#)
  }

  @Test(arguments: [
    ("{}", Purpose.chat, #""message":{"role":"assistant","content":""}"#, "load"),
    (#"{"keep_alive":0}"#, .chat, #""message":{"role":"assistant","content":""}"#, "unload"),
    (#"{"keep_alive":"0s"}"#, .completions, #""response":"""#, "unload"),
    (#"{"keep_alive":"5m"}"#, .completions, #""response":"""#, "load"),
  ])
  func loads(request: String, purpose: Purpose, said: String, reason: String) throws {
    let terms = AnswerTerms(model: bytes("b"), purpose: purpose)
    #expect(
      Self.timeless(text(OllamaLoading.body(terms, for: try value(request))))
        == #"{"model":"b","created_at":T,"# + said + #","done":true,"done_reason":""# + reason
        + #""}"#)
  }
}
