import Protocols
import JSON
import Testing
import TestSupport

/// Streamed replies of each dialect.
@Suite struct StreamDecoderTests {
  @Test(arguments: StreamExample.all)
  func readsAsIfWhole(example: StreamExample) throws {
    let whole = try example.dialect.decode(bytes(example.whole), acceptsToolCalls: true)
    let decoder = StreamDecoder(example.dialect, example.framing, limit: 1 << 20)
    var deltas = decoder.feed(bytes(example.stream).span)
    deltas += decoder.finish()
    try expect(decoder, deltas, example, whole)
  }

  /// Cut in two, and byte by byte: the same deltas, the same reply.
  @Test(arguments: StreamExample.all)
  func readsHoweverTheBytesCome(example: StreamExample) throws {
    let whole = try example.dialect.decode(bytes(example.whole), acceptsToolCalls: true)
    let stream = bytes(example.stream)
    for cut in stride(from: 0, through: stream.count, by: 5) {
      let decoder = StreamDecoder(example.dialect, example.framing, limit: 1 << 20)
      var deltas = decoder.feed(Array(stream[..<cut]).span)
      deltas += decoder.feed(Array(stream[cut...]).span)
      deltas += decoder.finish()
      try expect(decoder, deltas, example, whole)
    }
    let decoder = StreamDecoder(example.dialect, example.framing, limit: 1 << 20)
    var deltas: [ReplyDelta] = []
    for byte in stream { deltas += decoder.feed([byte].span) }
    deltas += decoder.finish()
    try expect(decoder, deltas, example, whole)
  }

  /// A custom backend's metadata in one piece is passed on unchanged, as in a whole reply. Metadata
  /// in several pieces is one object with each name once.
  @Test(arguments: [
    ([#"{ "a" : 1.0, "a":2 }"#], #"{ "a" : 1.0, "a":2 }"#),
    ([#"{ "a" : 1.0, "b":1 }"#, #"{"a":2}"#], #"{"a":2,"b":1}"#),
    ([#"{ "a" : 1.0 }"#, "{}", #"{"b":[ ]}"#], #"{"a":1.0,"b":[ ]}"#),
    ([#""text""#, #"{ "a" : 1 }"#], #"{ "a" : 1 }"#),
  ]) func keepsMetadata(pieces: [String], expected: String) throws {
    let decoder = StreamDecoder(.custom, .lines, limit: 1 << 20)
    for piece in pieces { _ = decoder.feed(bytes("{\"metadata\":\(piece)}\n").span) }
    _ = decoder.feed(bytes("{\"content\":\"x\",\"done\":true}\n").span)
    #expect(text(try decoder.reply().metadata) == expected)
  }

  private func expect(
    _ decoder: StreamDecoder, _ deltas: [ReplyDelta], _ example: StreamExample, _ whole: Reply
  ) throws {
    #expect(deltas == example.deltas)
    #expect(decoder.fault == nil)
    #expect(decoder.isFinished && decoder.isOver == example.isOver)
    let reply = try decoder.reply(acceptsToolCalls: true)
    #expect(text(reply.content) == text(whole.content))
    #expect(text(reply.attachments) == text(whole.attachments))
    #expect(try sorted(reply.metadata) == sorted(whole.metadata))
    #expect(reply.usage.input == whole.usage.input && reply.usage.output == whole.usage.output)
    #expect(reply.finishReason == whole.finishReason)
    #expect(reply.toolCalls == whole.toolCalls)
    #expect(decoder.partialContent == reply.content)
  }

  /// A whole reply brings the same as a stream of that reply, in one piece each. (Token details are
  /// one piece that grows differently.)
  @Test(arguments: StreamExample.all) func wholeRepliesBringTheSame(example: StreamExample) throws {
    let whole = try example.dialect.decode(bytes(example.whole), acceptsToolCalls: true)
    #expect(joined(whole.deltas) == joined(example.deltas))
  }

  private func joined(_ deltas: [ReplyDelta]) -> [ReplyDelta] {
    var joined: [ReplyDelta] = []
    for delta in deltas {
      if case .logprobs = delta { continue }
      switch (joined.last, delta) {
      case (.text(let text), .text(let more)):
        joined[joined.count - 1] = .text(text + more)
      case (.refusal(let text), .refusal(let more)):
        joined[joined.count - 1] = .refusal(text + more)
      case (.reasoning(let text), .reasoning(let more)):
        joined[joined.count - 1] = .reasoning(text + more)
      case (.arguments(let index, let text), .arguments(let other, let more)) where index == other:
        joined[joined.count - 1] = .arguments(index: index, text + more)
      default:
        joined.append(delta)
      }
    }
    return joined
  }

  /// The members of an object sorted by name: their order in a stream may differ.
  private func sorted(_ object: [UInt8]) throws -> [String] {
    try JSONDocument(object).root.members.map {
      text(Array($0.name.raw)) + text(Array($0.value.raw))
    }.sorted()
  }

  // MARK: Ends

  static let content = [
    Dialect.custom: #"{"content":"a"}"#, .openai: #"{"choices":[{"delta":{"content":"a"}}]}"#,
    .anthropic: #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}"#,
    .responses: #"{"type":"response.output_text.delta","delta":"a"}"#,
  ]

  @Test(arguments: Dialect.allCases)
  func aReplyWithoutAFinishIsNone(dialect: Dialect) {
    let decoder = StreamDecoder(dialect, .events, limit: 1000)
    let event = bytes("data: \(Self.content[dialect]!)\n\n")
    #expect(decoder.feed(event.span) == [.text(bytes("a"))])
    #expect(decoder.hasContent && decoder.hasBegun && !decoder.isFinished)
    #expect(throws: StreamFault.unfinished) { try decoder.reply() }
    #expect(text(decoder.partialContent) == #""a""#)
    // Any of these signals ends it, and what follows [DONE] is ignored.
    let end = bytes("data: [DONE]\n\ndata: \(Self.content[dialect]!)\n\n")
    #expect(decoder.feed(end.span).isEmpty)
    #expect(decoder.isFinished && decoder.isOver)
    #expect((try? decoder.reply().content) == bytes(#""a""#))
  }

  @Test(arguments: Dialect.allCases)
  func malformedEventsWithoutContentMatterOnlyAlone(dialect: Dialect) throws {
    let garbage = "data: not JSON\n\ndata: [1]\n\nevent: ping\ndata: {\"a\n\n"
    let good = StreamDecoder(dialect, .events, limit: 1000)
    let stream = bytes("\(garbage)data: \(Self.content[dialect]!)\n\n\(garbage)data: [DONE]\n\n")
    #expect(good.feed(stream.span) == [.text(bytes("a"))])
    #expect(good.malformedCount == 6)
    #expect(text(try good.reply().content) == #""a""#)

    let first = JSONError(reason: .misspeltLiteral, position: 1)
    for end in ["", "data: [DONE]\n\n"] {
      let bad = StreamDecoder(dialect, .events, limit: 1000)
      #expect(bad.feed(bytes(garbage + end).span).isEmpty)
      #expect(throws: StreamFault.noReply(.invalidJSON(first, hint: nil))) { try bad.reply() }
    }
  }

  /// Asking again may bring the whole reply.
  /// A stream of another kind than the type says is told by its first event.
  @Test(
    arguments: [
      (.openai, #"{"message":{"role":"assistant","content":"Hi"},"done":false}"#, .ollama),
      (.custom, #"{"response":"Hi","done":false}"#, .ollama),
      (.openai, #"{"type":"message_start","message":{"content":[]}}"#, .anthropic),
      (.anthropic, #"{"choices":[{"delta":{"content":"Hi"}}]}"#, .openai),
      (.openai, #"{"content":"Hi"}"#, .custom),
    ] as [(Dialect, String, ReplyHint)])
  func aForeignStreamIsRecognized(dialect: Dialect, event: String, hint: ReplyHint) {
    for end in ["", "data: [DONE]\n\n"] {
      let decoder = StreamDecoder(dialect, .events, limit: 1000)
      _ = decoder.feed(bytes("data: \(event)\n\n\(end)").span)
      _ = decoder.finish()
      #expect(throws: StreamFault.noReply(.missingContent(hint: hint))) { try decoder.reply() }
    }
  }

  @Test(arguments: Dialect.allCases)
  func aLineThatIsCutOffIsNotMalformed(dialect: Dialect) {
    let decoder = StreamDecoder(dialect, .lines, limit: 1000)
    _ = decoder.feed(bytes(Self.content[dialect]!).span.extracting(..<5))
    #expect(decoder.finish().isEmpty)
    #expect(decoder.malformedCount == 0)
    #expect(throws: StreamFault.unfinished) { try decoder.reply() }
  }

  @Test(arguments: Dialect.allCases)
  func aFinishWithoutContentIsNoReply(dialect: Dialect) {
    let decoder = StreamDecoder(dialect, .events, limit: 1000)
    _ = decoder.feed(bytes("data: [DONE]\n\n").span)
    #expect {
      try decoder.reply()
    } throws: {
      guard case .noReply(.missingContent) = $0 as? StreamFault else { return false }
      return true
    }
  }

  @Test(arguments: [
    #"data: {"error":{"message":"no","type":"server_error"}}"#,
    "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"no\"}}",
    #"data: {"object":"error","message":"no"}"#,
    #"data: {"error":{"message":"no"},"choices":[{"delta":{"content":"b"},"finish_reason":"error"}]}"#,
    "event: error\ndata: {\"message\":\"no\"}",
  ])
  func tellsOfAnErrorInside(event: String) {
    for dialect in Dialect.allCases {
      let decoder = StreamDecoder(dialect, .events, limit: 1000)
      let stream = bytes("data: \(Self.content[dialect]!)\n\n\(event)\n\ndata: [DONE]\n\n")
      #expect(decoder.feed(stream.span) == [.text(bytes("a"))])
      #expect(!decoder.isFinished)
      guard case .reported(let error) = decoder.fault else {
        Issue.record("no error was seen in \(event)")
        continue
      }
      #expect(error.reason.map(text) == "no")
      #expect(throws: StreamFault.reported(error)) { try decoder.reply() }
    }
  }

  @Test func anErrorNeedNotBeJSON() {
    let decoder = StreamDecoder(.custom, .events, limit: 1000)
    _ = decoder.feed(bytes("event: error\ndata: overloaded\n\n").span)
    #expect(decoder.fault == .reported(BackendError(bytes("overloaded"))))
  }

  @Test func anErrorInsideIsSorted() {
    let decoder = StreamDecoder(.openai, .events, limit: 1000)
    let event = #"data: {"error":{"message":"x","code":"content_policy_violation"}}"#
    _ = decoder.feed(bytes(event + "\n\n").span)
    let error = BackendError(bytes(event.replacing("data: ", with: "")))
    #expect(error.kind == .contentFiltered)
    #expect(decoder.fault == .reported(error))
  }

  @Test(arguments: [
    #"{"content":"a","error":null,"done":true}"#, #"{"content":"a","error":"","done":true}"#,
    #"{"content":"a","error":false,"done":true}"#,
  ])
  func noErrorIsNoError(event: String) throws {
    let decoder = StreamDecoder(.custom, .lines, limit: 1000)
    #expect(decoder.feed(bytes(event + "\n").span) == [.text(bytes("a"))])
    #expect(text(try decoder.reply().content) == #""a""#)
  }

  @Test func aCallOfAToolIsAReplyWhereAccepted() throws {
    let decoder = StreamDecoder(.openai, .events, limit: 1000)
    let call = #"{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}"#
    let event =
      #"{"choices":[{"delta":{"tool_calls":[\#(call)]},"finish_reason":"tool_calls"}]}"#
    _ = decoder.feed(bytes("data: \(event)\n\n").span)
    #expect(decoder.hasBegun && !decoder.hasContent)
    #expect {
      try decoder.reply()
    } throws: {
      ($0 as? StreamFault) == .noReply(.missingContent(hint: .toolCall))
    }
    let reply = try decoder.reply(acceptsToolCalls: true)
    #expect(text(reply.content) == "\"\"")
    #expect(
      reply.toolCalls == [
        ToolCall(id: bytes("t"), name: bytes("f"), arguments: bytes("{}"))
      ])
  }

  // MARK: Limits

  /// The limit counts what is kept: a stream has many times the bytes of its reply.
  @Test(arguments: Dialect.allCases)
  func theLimitIsOnTheReply(dialect: Dialect) throws {
    let event = bytes("data: \(Self.content[dialect]!)\n\n")
    let decoder = StreamDecoder(dialect, .events, limit: 1000)
    for _ in 0..<900 { _ = decoder.feed(event.span) }
    #expect(decoder.fault == nil)
    for _ in 0..<100 { _ = decoder.feed(event.span) }
    #expect(decoder.fault == nil, "exactly the limit")
    // The part beyond it is not delivered either.
    #expect(decoder.feed(event.span).isEmpty)
    #expect(decoder.fault == .tooLarge(limit: 1000))
    #expect(decoder.feed(event.span).isEmpty)
    #expect(throws: StreamFault.tooLarge(limit: 1000)) { try decoder.reply() }
  }

  @Test func whatIsRepeatedIsKeptOnce() {
    let decoder = StreamDecoder(.openai, .events, limit: 400)
    for number in 0..<10000 {
      let event = #"{"id":"chatcmpl-1","created":\#(number),"usage":{"n":\#(number)},"choices":[]}"#
      _ = decoder.feed(bytes("data: \(event)\n\n").span)
    }
    #expect(decoder.fault == nil)
  }

  /// The number of names, calls and blocks is limited.
  @Test(arguments: [
    (Dialect.openai, #"{"n%":1,"choices":[]}"#),
    (.openai, #"{"choices":[{"delta":{"n%":""}}]}"#),
    (.openai, #"{"choices":[{"delta":{"tool_calls":[{"index":%,"id":"%"}]}}]}"#),
    (.custom, #"{"metadata":{"n%":1}}"#),
    (.anthropic, #"{"type":"content_block_start","index":%,"content_block":{"type":"x"}}"#),
  ])
  func everythingIsBounded(dialect: Dialect, event: String) {
    let decoder = StreamDecoder(dialect, .lines, limit: 1 << 20)
    var count = 0
    while decoder.fault == nil, count < 5000 {
      count += 1
      _ = decoder.feed(bytes(event.replacing("%", with: "\(count)") + "\n").span)
    }
    #expect(decoder.fault == .tooLarge(limit: 1 << 20))
  }

  /// Text that comes for a block of another kind is a part of the reply.
  @Test(arguments: [
    (#"{"type":"x"}"#, #""Hi""#), (#"{"type":"x","text":"no"}"#, #""Hi""#),
    (#"{"text":"no"}"#, #""Hi""#), (#"{}"#, #""Hi""#), (#"{"type":"text"}"#, #""Hi""#),
    (#"{"type":"text","text":"yes: "}"#, #""yes: Hi""#),
  ])
  func textOfAnyBlockIsKept(block: String, content: String) throws {
    let decoder = StreamDecoder(.anthropic, .lines, limit: 1000)
    let events = [
      #"{"type":"content_block_start","index":0,"content_block":\#(block)}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"H"}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"i"}}"#,
      #"{"type":"message_stop"}"#,
    ]
    let deltas = events.flatMap { decoder.feed(bytes($0 + "\n").span) }
    let pieces = deltas.map { (delta) -> String in
      if case .text(let piece) = delta { text(piece) } else { "?" }
    }
    #expect("\"\(pieces.joined())\"" == content)
    #expect(text(try decoder.reply().content) == content)
  }

  // MARK: Continuing

  @Test(arguments: Dialect.allCases)
  func continuesAText(dialect: Dialect) throws {
    let decoder = StreamDecoder(
      dialect, .events, limit: 1000, continuing: bytes(#""Once \n""#))
    #expect(!decoder.hasContent)
    let event = bytes("data: \(Self.content[dialect]!)\n\ndata: [DONE]\n\n")
    #expect(decoder.feed(event.span) == [.text(bytes("a"))])
    #expect(text(try decoder.reply().content) == #""Once \na""#)
  }

  /// Anthropic is not sent white space at the end of a reply to continue, and may begin with the
  /// same.
  @Test(arguments: [
    (#""a b ""#, [#" c"#], #""a b c""#), (#""a \n""#, [#" "#, #"\n"#, #" c"#], #""a \n c""#),
    (#""a\\n""#, [#"\n"#], #""a\\n\n""#), (#""a ""#, [#"\"c\""#], #""a \"c\"""#),
    (#""a\n""#, [#"\"c"#], #""a\n\"c""#), (#"" ""#, [#" b"#], #"" b""#),
    (#""a""#, [#" b"#], #""a b""#),
  ])
  func continuesPastWhiteSpace(prefix: String, pieces: [String], content: String) throws {
    let decoder = StreamDecoder(.anthropic, .lines, limit: 1000, continuing: bytes(prefix))
    for piece in pieces {
      let event =
        #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"\#(piece)"}}"#
      _ = decoder.feed(bytes(event + "\n").span)
    }
    _ = decoder.feed(bytes("[DONE]\n").span)
    #expect(text(try decoder.reply().content) == content)
  }

  @Test(arguments: [
    ("text/event-stream", StreamFraming.events), ("Text/Event-Stream ; charset=utf-8", .events),
    ("application/x-ndjson", .lines), ("application/ndjson", .lines),
    ("application/jsonl;x", .lines), ("application/json", nil), ("", nil), ("text/plain", nil),
  ])
  func framingIsAnnounced(type: String, framing: StreamFraming?) {
    #expect(StreamFraming(contentType: bytes(type).span) == framing)
  }

  /// A long reply in small pieces takes time in proportion to its length.
  @Test func aLongReplyIsReadInTime() {
    let decoder = StreamDecoder(.openai, .events, limit: 1 << 20)
    let event = bytes(#"data: {"choices":[{"delta":{"reasoning_content":"word","content":"x"}}]}"#)
    for _ in 0..<20000 { _ = decoder.feed((event + bytes("\n\n")).span) }
    #expect(decoder.fault == nil)
    #expect(decoder.partialContent.count == 20002)
  }
}
