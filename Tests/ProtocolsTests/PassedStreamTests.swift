import Bytes
import TestSupport
import Testing

@testable import Protocols

/// Streams that are passed on as they come: what of them goes out, and when they are whole.
@Suite struct PassedStreamTests {
  private static let choice = #"{"choices":[{"text":"a"}]}"#
  private static let usage = #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#
  private static let delta = #"{"type":"transcript.text.delta","delta":"a"}"#
  private static let done = #"{"type":"transcript.text.done","text":"a"}"#

  private struct Outcome: Equatable {
    var written: [String] = []
    var isWhole = false
    var hasBegun = false
  }

  /// The result of events and of the end of the response, which is `isDelimited` or not.
  private func read(
    _ events: [String], for purpose: Purpose, isDelimited: Bool = true
  ) -> Outcome {
    let decoder = StreamDecoder(.openai, .events, limit: 1 << 20, for: purpose)
    var deltas: [ReplyDelta] = []
    for byte in bytes(events.map { "data: \($0)\n\n" }.joined()) {
      deltas += decoder.feed([byte].span)
    }
    deltas += decoder.finish()
    decoder.noteEnd(isDelimited: isDelimited)
    var outcome = Outcome()
    for case .event(_, let data, _) in deltas { outcome.written.append(text(data)) }
    outcome.isWhole = (try? decoder.reply()) != nil
    outcome.hasBegun = decoder.hasBegun
    return outcome
  }

  @Test(
    arguments: [
      ([choice, usage, "[DONE]"], true), ([choice, "[DONE]"], true), ([choice, usage], false),
      ([choice], false), ([usage, "[DONE]"], false), (["[DONE]"], false), ([], false),
      ([choice, #"{"error":{"message":"x"}}"#, "[DONE]"], false), ([choice, "{", "[DONE]"], false),
      ([#"{"choices":[{"text":"a","finish_reason":"length"}]}"#, "[DONE]"], true),
      ([choice, #"{"choices":[{"text":"","finish_reason":"error"}]}"#, "[DONE]"], false),
      ([choice, #"{"choices":[{"text":"","error":{"code":502}}]}"#, "[DONE]"], false),
    ] as [([String], Bool)])
  func aCompletionIsWholeWithItsEnd(events: [String], isWhole: Bool) {
    let outcome = read(events, for: .completions)
    #expect(outcome.isWhole == isWhole)
    #expect(outcome.hasBegun == events.contains { $0.contains("text") })
    if isWhole { #expect(outcome.written == events) }
  }

  @Test(
    arguments: [
      ([delta, done], false, true), ([delta], true, true), ([delta, "[DONE]"], false, true),
      ([delta], false, false), ([], true, false), ([#"{"error":{"message":"x"}}"#], true, false),
      ([delta, #"{"error":{"message":"x"}}"#], true, false), ([delta, "{"], true, false),
    ] as [([String], Bool, Bool)])
  func aTranscriptIsWholeWithItsEnd(events: [String], isDelimited: Bool, isWhole: Bool) {
    let outcome = read(events, for: .transcription, isDelimited: isDelimited)
    #expect(outcome.isWhole == isWhole)
    if isWhole { #expect(outcome.written == events) }
  }

  @Test func theUsageIsThatOfTheLastEventWithOne() throws {
    let decoder = StreamDecoder(.openai, .events, limit: 1 << 20, for: .completions)
    for data in [Self.choice, Self.usage, "[DONE]"] {
      _ = decoder.feed(bytes("data: \(data)\n\n").span)
    }
    let reply = try decoder.reply()
    #expect(reply.usage.input == 3 && reply.usage.output == 2)
  }

  /// Before the first output, no more is kept than a reply may have.
  @Test func whatWaitsForOutputIsLimited() {
    let decoder = StreamDecoder(.openai, .events, limit: 1000, for: .completions)
    let event = bytes("data: \(Self.usage)\n\n")
    for _ in 0..<100 { _ = decoder.feed(event.span) }
    #expect(decoder.fault == .tooLarge(limit: 1000))
  }

  @Test func aBodyIsWholeWithTheConnection() throws {
    let type = bytes("audio/mpeg")
    let decoder = StreamDecoder(bodyOf: type, for: .speech)
    #expect(throws: StreamFault.unfinished) { try decoder.reply() }
    #expect(decoder.feed(type.span) == [.body(type: type, type)])
    #expect(throws: StreamFault.unfinished) { try decoder.reply() }
    decoder.noteEnd(isDelimited: false)
    #expect(try decoder.reply().usage.input == nil)
    let empty = StreamDecoder(bodyOf: type, for: .speech)
    empty.noteEnd(isDelimited: true)
    #expect(throws: StreamFault.noReply(.missingContent(hint: nil))) { try empty.reply() }
  }
}
