import JSON
import TestSupport
import Testing

@testable import Protocols

/// Where vendors put what their models think: once, in order, whole and in pieces.
struct ReasoningTests {
  /// Messages in OpenAI's format, and the thinking in them.
  static let messages: [(message: String, thought: String)] = [
    (#"{"content":"4","reasoning_content":"Hm."}"#, "Hm."),
    (#"{"content":"4","reasoning":"Hm."}"#, "Hm."),
    (#"{"content":"4","reasoning":"Hm.","reasoning_content":"Hm."}"#, "Hm."),
    (#"{"content":"4","reasoning_content":"","reasoning":"Hm."}"#, "Hm."),
    (#"{"content":"4","reasoning_content":null,"reasoning":"Hm."}"#, "Hm."),
    (
      #"{"content":"4","reasoning":"Hm.","reasoning_details":[{"type":"reasoning.text","text":"Hm."}]}"#,
      "Hm."
    ),
    (
      #"{"content":"4","reasoning_details":[{"type":"reasoning.text","text":"H"},{"text":"m."}]}"#,
      "Hm."
    ),
    (#"{"content":"4","reasoning_details":[{"type":"reasoning.summary","summary":"Hm."}]}"#, "Hm."),
    (#"{"content":"4","reasoning_details":[{"type":"reasoning.encrypted","data":"AA"}]}"#, ""),
    (
      #"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]},{"type":"text","text":"4"}]}"#,
      "Hm."
    ),
    (
      #"{"content":[{"type":"thinking","thinking":"Hm."},{"type":"text","text":"4"}]}"#, "Hm."
    ),
    (#"{"content":"4","reasoning":{"effort":"low"}}"#, ""), (#"{"content":"4"}"#, ""),
  ]

  @Test(arguments: messages)
  func isFoundInWholeReplies(message: String, thought: String) throws {
    let body = #"{"choices":[{"message":\#(message),"finish_reason":"stop"}]}"#
    let deltas = try Dialect.openai.decode(bytes(body)).deltas
    #expect(said(deltas) == (thought, "4"))
    #expect(isInOrder(deltas))
  }

  /// Thinking and text in one delta: the thinking goes first.
  @Test(arguments: messages)
  func isFoundInStreams(message: String, thought: String) throws {
    let decoder = StreamDecoder(.openai, .events, limit: 1000)
    let event = #"{"choices":[{"delta":\#(message),"finish_reason":"stop"}]}"#
    let deltas = decoder.feed(bytes("data: \(event)\n\n").span)
    #expect(said(deltas) == (thought, "4"))
    #expect(isInOrder(deltas))
    #expect(decoder.hasOutput)
    #expect(said(try decoder.reply().deltas) == (thought, "4"))
  }

  /// Thinking that cannot be read is a sign of life, too.
  @Test func encryptedThinkingIsOutput() {
    let decoder = StreamDecoder(.openai, .events, limit: 1000)
    let event =
      #"{"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.encrypted","data":"AA"}]}}]}"#
    #expect(decoder.feed(bytes("data: \(event)\n\n").span).isEmpty)
    #expect(decoder.hasOutput && !decoder.hasBegun)
  }

  @Test func customBackendsThinkToo() throws {
    let decoder = StreamDecoder(.custom, .lines, limit: 1000)
    let lines = #"{"reasoning":"H"}"# + "\n" + #"{"reasoning":"m."}"# + "\n"
    #expect(decoder.feed(bytes(lines).span) == [.reasoning(bytes("H")), .reasoning(bytes("m."))])
    #expect(decoder.hasOutput && !decoder.hasBegun)
    _ = decoder.feed(bytes(#"{"content":"4","done":true}"# + "\n").span)
    #expect(said(try decoder.reply().deltas) == ("Hm.", "4"))
  }

  private func said(_ deltas: [ReplyDelta]) -> (String, String) {
    var (thought, said) = ("", "")
    for delta in deltas {
      switch delta {
      case .reasoning(let piece): thought += text(piece)
      case .text(let piece): said += text(piece)
      default: Issue.record("\(delta)")
      }
    }
    return (thought, said)
  }

  private func isInOrder(_ deltas: [ReplyDelta]) -> Bool {
    let firstText = deltas.firstIndex { if case .text = $0 { true } else { false } }
    let lastThought = deltas.lastIndex { if case .reasoning = $0 { true } else { false } }
    guard let firstText, let lastThought else { return true }
    return lastThought < firstText
  }
}
