import Bytes
import Protocols
import Testing
import TestSupport

/// Events that differ from the one before in their text alone, which are not read whole.
///
/// Each stream is compared with the same one whose every second event has a blank more, so that all are.
@Suite(.seeded) struct RepeatedEventTests {
  static let events: [(Dialect, [String])] = [
    (
      .openai,
      [
        chunk(#"{"content":TEXT}"#), chunk(#"{"content":TEXT}"#), chunk(#"{"content":TEXT}"#),
        chunk(#"{"role":"assistant","content":TEXT,"refusal":null,"tool_calls":[]}"#),
        chunk(#"{"content":TEXT,"content":TEXT}"#), chunk(#"{"content":"a","content":TEXT}"#),
        chunk(#"{"content":TEXT,"reasoning_content":"b"}"#), chunk(#"{"content":null}"#),
        chunk(
          #"{"content":TEXT,"tool_calls":[{"index":0,"id":"x","function":{"arguments":"{"}}]}"#),
        chunk(#"{"content":[{"type":"text","text":TEXT}]}"#), chunk(#"{"refusal":TEXT}"#),
        chunk(#"{"content":TEXT}"#, more: #","logprobs":{"content":[{"t":1}]}"#),
        chunk(#"{"content":TEXT}"#, more: #","message":{"content":TEXT}"#),
        chunk(#"{"content":TEXT}"#, more: #","finish_reason":"stop""#),
        two(0, #"{"content":TEXT}"#, 0, #"{"content":TEXT}"#),
        two(0, #"{"content":TEXT}"#, 1, #"{"content":"b"}"#),
        #"{"choices":[{"delta":{"content":TEXT}}]}"#, #"{"choices":[]}"#,
        #"{"choices":[{"text":TEXT,"delta":{"content":TEXT}}],"error":null}"#,
      ]
    ),
    (
      .anthropic,
      [
        start(0, #"{"type":"text","text":""}"#), start(1, #"{"type":"thinking","thinking":""}"#),
        delta(#"{"type":"text_delta","text":TEXT}"#), delta(#"{"type":"text_delta","text":TEXT}"#),
        delta(#"{"type":"text_delta","text":TEXT}"#, index: 1),
        delta(#"{"type":"thinking_delta","thinking":TEXT}"#, index: 1),
        #"{"type":"content_block_stop","index":0}"#, #"{"type":"ping"}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#,
      ]
    ),
    (
      .custom,
      [
        #"{"content":TEXT}"#, #"{"content":TEXT}"#, #"{"content":TEXT,"done":false}"#,
        #"{"content":TEXT,"reasoning":TEXT}"#, #"{"content":TEXT,"attachments":[1]}"#,
        #"{"content":TEXT,"finish_reason":"stop"}"#, #"{"content":[{"type":"text","text":TEXT}]}"#,
      ]
    ),
    (.responses, [#"{"type":"response.output_text.delta","delta":TEXT}"#]),
  ]

  /// Strings, and what only looks like one.
  static let texts = [
    #""a""#, #"" b""#, #""""#, #""\"""#, #""\u00e9\n\\""#, #""é😀""#, #""\ud83d""#, "\" \"",
    #""a"b""#,
    #""a","b":"c""#, #""\""#, "\"\u{1}\"", #""\x""#, "1", "null", #"["a"]"#,
    #""a"}],"choices":[{"delta":{"content":"b""#,
  ]

  private static func chunk(_ delta: String, more: String = "") -> String {
    #"{"id":"c1","object":"chat.completion.chunk","model":"m","#
      + #""choices":[{"index":0,"delta":\#(delta)\#(more)}],"usage":null}"#
  }

  private static func two(_ index: Int, _ one: String, _ next: Int, _ two: String) -> String {
    #"{"id":"c1","choices":[{"index":\#(index),"delta":\#(one)},{"index":\#(next),"delta":\#(two)}]}"#
  }

  private static func start(_ index: Int, _ block: String) -> String {
    #"{"type":"content_block_start","index":\#(index),"content_block":\#(block)}"#
  }

  private static func delta(_ delta: String, index: Int = 0) -> String {
    #"{"type":"content_block_delta","index":\#(index),"delta":\#(delta)}"#
  }

  @Test(arguments: 0..<events.count, [false, true])
  func areReadAsAnyOther(number: Int, passesEvents: Bool) {
    let (dialect, events) = Self.events[number]
    // Events that are kept until the model has said something count with their blanks.
    let limit = passesEvents ? 1 << 20 : 400
    var random = SeededGenerator()
    for _ in 0..<400 {
      let short = StreamDecoder(dialect, .events, limit: limit, passesEvents: passesEvents)
      let long = StreamDecoder(dialect, .events, limit: limit, passesEvents: passesEvents)
      var event = events.randomElement(using: &random)!
      for place in 0..<Int.random(in: 1...12, using: &random) {
        if Int.random(in: 0..<3, using: &random) == 0 {
          event = events.randomElement(using: &random)!
        }
        // Most texts are strings: else few streams have a second event.
        let last = Int.random(in: 0..<8, using: &random) == 0 ? Self.texts.count : 8
        let text = Self.texts[Int.random(in: 0..<last, using: &random)]
        let data = event.replacing("TEXT", with: text)
        let changed = data.dropLast() + (place % 2 == 0 ? " }" : "}")
        let deltas = short.feed(bytes("data: \(data)\n\n").span)
        let others = long.feed(bytes("data: \(changed)\n\n").span)
        #expect(deltas.map(Self.comparable) == others.map(Self.comparable), "\(data)")
      }
      #expect(short.finish().map(Self.comparable) == long.finish().map(Self.comparable))
      #expect(short.fault.map { "\($0)".prefix(8) } == long.fault.map { "\($0)".prefix(8) })
      #expect(short.partialContent == long.partialContent)
      #expect(short.isFinished == long.isFinished && short.hasBegun == long.hasBegun)
      let reply = try? short.reply(acceptsToolCalls: true)
      let other = try? long.reply(acceptsToolCalls: true)
      #expect(reply?.content == other?.content)
      #expect(reply?.toolCalls == other?.toolCalls)
      #expect(reply?.deltas == other?.deltas)
    }
  }

  /// The blank that makes events different is left out.
  private static func comparable(_ delta: ReplyDelta) -> ReplyDelta {
    guard case .event(let type, let json, let meaning) = delta else { return delta }
    return .event(type: type, bytes(text(json).replacing(" }", with: "}")), meaning)
  }
}
