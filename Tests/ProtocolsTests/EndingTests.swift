import JSON
import TestSupport
import Testing

@testable import Protocols

/// How replies end, whole and streamed: well, or with an error, a gap, or a word that means no completion.
@Suite struct EndingTests {
  static let content = StreamDecoderTests.content

  /// The event with the word with which a reply ends.
  static func end(_ dialect: Dialect, _ word: String) -> String {
    switch dialect {
    case .custom: #"{"finish_reason":"\#(word)"}"#
    case .openai: #"{"choices":[{"delta":{"content":""},"finish_reason":"\#(word)"}]}"#
    case .anthropic: #"{"type":"message_delta","delta":{"stop_reason":"\#(word)"}}"#
    case .responses:
      #"{"type":"response.incomplete","response":{"incomplete_details":{"reason":"\#(word)"}}}"#
    }
  }

  private func decoder(_ dialect: Dialect, _ events: String...) -> StreamDecoder {
    let decoder = StreamDecoder(dialect, .events, limit: 1000)
    for event in events { _ = decoder.feed(bytes("data: \(event)\n\n").span) }
    return decoder
  }

  // MARK: Words

  @Test(arguments: ["error", "network_error", "insufficient_system_resource", "Abort", "nonsense"])
  func aWordThatIsNoEndBreaksAStream(word: String) {
    for dialect in Dialect.allCases {
      let decoder = decoder(dialect, Self.content[dialect]!, Self.end(dialect, word), "[DONE]")
      #expect(decoder.fault == .endedBadly(bytes(word)))
      #expect(!decoder.isFinished)
      #expect(text(decoder.partialContent) == #""a""#)
    }
  }

  @Test(arguments: ["STOP", "MAX_TOKENS", "eos", "SAFETY", "model_length"])
  func aWordOfAnyVendorEndsAStream(word: String) throws {
    for dialect in Dialect.allCases {
      let decoder = decoder(dialect, Self.content[dialect]!, Self.end(dialect, word))
      #expect(decoder.isFinished)
      #expect(text(try decoder.reply().content) == #""a""#)
    }
  }

  /// An empty word, or none, says nothing.
  @Test(arguments: ["", "null"])
  func anEmptyWordSaysNothing(word: String) {
    for dialect in Dialect.allCases {
      let decoder = decoder(dialect, Self.content[dialect]!, Self.end(dialect, word))
      #expect(throws: StreamFault.unfinished) { try decoder.reply() }
      _ = decoder.feed(bytes("data: [DONE]\n\n").span)
      #expect((try? decoder.reply().content) == bytes(#""a""#))
    }
  }

  @Test(arguments: ["error", "abort", "network_error", "Error", "no_such_word"])
  func aWordThatIsNoEndBreaksAWholeReply(word: String) {
    let bodies: [(Dialect, String)] = [
      (.openai, #"{"choices":[{"message":{"content":"a"},"finish_reason":"\#(word)"}]}"#),
      (.openai, #"{"choices":[{"message":{"content":null},"finish_reason":"\#(word)"}]}"#),
      (.anthropic, #"{"content":[{"type":"text","text":"a"}],"stop_reason":"\#(word)"}"#),
      (.anthropic, #"{"content":[],"stop_reason":"\#(word)"}"#),
      (.custom, #"{"content":"a","finish_reason":"\#(word)"}"#),
      (.custom, #"{"content":"a","metadata":{"finish_reason":"\#(word)"}}"#),
    ]
    for (dialect, body) in bodies {
      #expect(throws: ReplyFault.endedBadly(bytes(word))) { try dialect.decode(bytes(body)) }
    }
  }

  // MARK: Errors

  /// Half of a reply is never passed off as a whole one.
  @Test(
    arguments: [
      (
        .openai,
        #"{"choices":[{"error":{"code":502,"message":"x"},"finish_reason":null,"message":{"content":"Half"}}]}"#
      ),
      (
        .openai,
        #"{"choices":[{"error":{"message":"x"},"finish_reason":"error","message":{"content":""}}]}"#
      ),
      (.openai, #"{"choices":[{"message":{"content":"a","error":"x"},"finish_reason":"stop"}]}"#),
      (
        .openai,
        #"{"error":{"message":"x"},"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}"#
      ),
      (.anthropic, #"{"error":{"message":"x"},"content":[{"type":"text","text":"a"}]}"#),
      (.custom, #"{"error":"x","content":"a"}"#),
    ] as [(Dialect, String)])
  func anErrorBreaksAWholeReply(dialect: Dialect, body: String) {
    #expect {
      try dialect.decode(bytes(body))
    } throws: {
      guard case .reported(let error) = $0 as? ReplyFault else { return false }
      return error.reason == bytes("x")
    }
  }

  /// An empty end says nothing, and neither does an empty error.
  @Test(
    arguments: [
      (.openai, #"{"choices":[{"message":{"content":"a"},"finish_reason":""}]}"#),
      (.openai, #"{"choices":[{"message":{"content":"a"},"finish_reason":null,"error":null}]}"#),
      (.openai, #"{"error":{},"choices":[{"message":{"content":"a"},"finish_reason":"STOP"}]}"#),
      (.anthropic, #"{"content":[{"type":"text","text":"a"}],"stop_reason":null,"error":false}"#),
      (.custom, #"{"content":"a","error":"","finish_reason":"eos"}"#),
      (.custom, #"{"content":"a","metadata":{"error":"of the user's"}}"#),
      (.custom, "\u{FEFF}{\"content\":\"a\"}"),
    ] as [(Dialect, String)])
  func endsWell(dialect: Dialect, body: String) throws {
    #expect(text(try dialect.decode(bytes(body)).content) == #""a""#)
  }

  @Test(arguments: [#""finish_reason":"error""#, #""finish_reason":null"#, #""x":1"#])
  func anErrorInAChoiceBreaksAStream(end: String) {
    let choice = #"{"index":0,"delta":{"content":"b"},\#(end),"error":{"code":502,"message":"x"}}"#
    let decoder = decoder(
      .openai, Self.content[.openai]!, #"{"choices":[\#(choice)]}"#, "[DONE]")
    #expect(decoder.fault == .reported(BackendError(bytes(#"{"code":502,"message":"x"}"#))))
    #expect(text(decoder.partialContent) == #""a""#)
  }

  @Test(arguments: [
    #"{"content":"b","error":{"message":"x"}}"#, #"{"error":"x","content":"b"}"#,
    #"{"reasoning_content":"b","tool_calls":[{"index":0,"id":"t"}],"error":{"message":"x"}}"#,
  ])
  func anErrorInADeltaCountsBeforeItsWords(delta: String) {
    for passesEvents in [false, true] {
      let decoder = StreamDecoder(.openai, .events, limit: 1000, passesEvents: passesEvents)
      let event = #"{"choices":[{"index":0,"delta":\#(delta),"finish_reason":"stop"}]}"#
      #expect(decoder.feed(bytes("data: \(event)\n\ndata: [DONE]\n\n").span).isEmpty)
      guard case .reported(let error) = decoder.fault else {
        Issue.record("no error was seen in \(delta)")
        continue
      }
      #expect(error.reason.map(text) == "x")
    }
  }

  // MARK: Gaps

  /// An event that may have had text is a gap, wherever it comes and whatever is cut off it.
  @Test(arguments: [
    #"data: {"choices":[{"delta":{"content":"not "#, #"data: ent":"not "}}]}"#,
    "event: content_block_delta\ndata: {\"delta\":", "data: {\"content\": \"\u{1}\"}",
    "event: message\ndata: {oops}", "data: {",
  ])
  func aMalformedEventIsAGap(event: String) throws {
    for dialect in Dialect.allCases {
      for before in ["", "data: \(Self.content[dialect]!)\n\n"] {
        let decoder = StreamDecoder(dialect, .events, limit: 1000)
        let rest = "\(event)\n\ndata: \(Self.content[dialect]!)\n\ndata: [DONE]\n\n"
        let deltas = decoder.feed(bytes(before + rest).span)
        #expect(deltas == (before.isEmpty ? [] : [.text(bytes("a"))]))
        #expect(decoder.malformedCount == 1)
        guard case .malformed = decoder.fault else {
          Issue.record("no gap was seen in \(event)")
          continue
        }
        #expect(throws: StreamFault.self) { try decoder.reply() }
      }
    }
  }

  @Test(
    arguments: [
      (
        .openai, #"{"id":"a","choices":[{"delta":{"content":"x"}}]}"#,
        #"{"id":"b","choices":[{"delta":{"content":"y"}}]}"#
      ),
      (
        .anthropic, #"{"type":"message_start","message":{"id":"a"}}"#,
        #"{"type":"message_start","message":{"id":"a"}}"#
      ),
    ] as [(Dialect, String, String)])
  func aSecondReplyBreaksTheFirst(dialect: Dialect, first: String, second: String) {
    let decoder = decoder(dialect, first)
    #expect(decoder.fault == nil)
    #expect(decoder.feed(bytes("data: \(second)\n\ndata: [DONE]\n\n").span).isEmpty)
    #expect(decoder.fault == .secondReply)
  }

  /// Errors without a type: llama.cpp's field, the numbers of FastChat, MiniMax and Baidu.
  @Test(arguments: [
    (#"error: {"code":500,"message":"e"}"#, true),
    (#"data: {"text":"e","error_code":50001}"#, true),
    (#"data: {"choices":null,"base_resp":{"status_code":1008,"status_msg":"e"}}"#, true),
    (#"data: {"error_code":336003,"error_msg":"e"}"#, true),
    (#"data: {"error_code":0,"base_resp":{"status_code":0,"status_msg":""}}"#, false),
    (#"data: {"error_code":null,"base_resp":null}"#, false),
  ])
  func anErrorOfOneVendorBreaksAStream(event: String, isError: Bool) {
    let decoder = decoder(.openai, Self.content[.openai]!)
    _ = decoder.feed(bytes("\(event)\n\ndata: [DONE]\n\n").span)
    guard isError else { return #expect(decoder.fault == nil && decoder.isOver) }
    guard case .reported(let error) = decoder.fault else {
      Issue.record("no error was seen in \(event)")
      return
    }
    #expect(error.reason == bytes("e"))
  }

  // MARK: The last event

  @Test(arguments: ["data: [DONE]", "data: [DONE]\n", "data:[DONE]"])
  func anEndWithoutAnEmptyLineCounts(end: String) throws {
    for dialect in Dialect.allCases {
      let decoder = decoder(dialect, Self.content[dialect]!)
      _ = decoder.feed(bytes(end).span)
      #expect(decoder.finish().isEmpty)
      #expect(decoder.isOver)
      #expect(text(try decoder.reply().content) == #""a""#)
    }
  }

  @Test(arguments: Dialect.allCases)
  func aWholeEventWithoutAnEmptyLineCounts(dialect: Dialect) throws {
    let last = bytes("data: \(Self.end(dialect, "stop"))")
    let whole = decoder(dialect, Self.content[dialect]!)
    _ = whole.feed(last.span)
    #expect(!whole.isFinished)
    _ = whole.finish()
    #expect(text(try whole.reply().content) == #""a""#)
    let cut = decoder(dialect, Self.content[dialect]!)
    _ = cut.feed(last.span.extracting(..<(last.count - 3)))
    _ = cut.finish()
    #expect(throws: StreamFault.unfinished) { try cut.reply() }
  }

  // MARK: The form of a body

  @Test(
    arguments: [
      ("", nil, .unknown), (" \r\n", .events, .unknown), ("\u{FEFF}", nil, .unknown),
      ("da", nil, .unknown), ("da", .events, .stream(.events)), ("dab", nil, .whole),
      ("data: 1", nil, .stream(.events)), ("event:x", nil, .stream(.events)),
      (": ping", nil, .stream(.events)), ("\u{FEFF}\n\ndata:", nil, .stream(.events)),
      ("id: 1", nil, .stream(.events)), ("{", nil, .whole), (" {", .events, .whole),
      ("[", .events, .whole), ("<html>", .events, .whole), ("{", .lines, .stream(.lines)),
      ("data: {}", .lines, .stream(.events)), ("x: 1", .events, .stream(.events)),
      ("\"data:\"", nil, .whole),
    ] as [(String, StreamFraming?, BodyForm)])
  func isToldByItsFirstBytes(start: String, announced: StreamFraming?, form: BodyForm) {
    #expect(BodyForm(bytes(start).span, announced: announced) == form)
  }
}
