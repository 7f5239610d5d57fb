import JSON
import TestSupport
import Testing

@testable import Protocols

/// A whole reply that a client of its own interface gets as a stream: read again, it is the same reply.
struct ReplayTests {
  /// Those that backends send whole, too: not a call without a type, nor a text under two names.
  private static let examples: [StreamExample] = [
    .openai, .openaiTools, .anthropic, .anthropicTools, .azure,
  ]

  static let bodies: [(Dialect, String)] =
    examples.map { ($0.dialect, $0.whole) } + [
      (
        .openai,
        #"{"choices":[{"message":{"content":null,"refusal":"I won't."},"finish_reason":"stop"}]}"#
      ),
      (
        .openai,
        #"{"id":"c","object":"chat.completion","created":1,"model":"m","x":[1],"choices":[{"index":0,"#
          + #""message":{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","#
          + #""function":{"name":"f","arguments":"{}"},"extra_content":{"s":1}}],"unknown":{"a":1.0}},"#
          + #""logprobs":{"content":[{"t":1}]},"finish_reason":"tool_calls"}],"#
          + #""usage":{"prompt_tokens":1,"completion_tokens":2,"cost":0.10}}"#
      ),
      (
        .anthropic,
        #"{"id":"m","type":"message","role":"assistant","model":"c","content":["#
          + #"{"type":"thinking","thinking":"a","signature":"s1"},{"type":"redacted_thinking","data":"d"},"#
          + #"{"type":"text","text":"one","citations":[{"n":1},{"n":2}]},"#
          + #"{"type":"server_tool_use","id":"s","name":"web_search","input":{"q":"x"}},"#
          + #"{"type":"web_search_tool_result","tool_use_id":"s","content":[{"url":"u"}]},"#
          + #"{"type":"tool_use","id":"t","name":"f","input":{}},{"type":"text","text":"two"},"#
          + #"{"type":"thinking","thinking":"b","signature":"s2"}],"stop_reason":"tool_use","#
          + #""stop_sequence":null,"container":{"id":"k"},"context_management":{"applied_edits":[]},"#
          + #""usage":{"input_tokens":1,"output_tokens":2,"service_tier":"x"}}"#
      ),
    ]

  @Test(arguments: bodies)
  func aStreamOfAWholeReplyIsTheReply(dialect: Dialect, body: String) throws {
    let face: Face = dialect == .openai ? .openai : .anthropic
    let reply = try dialect.decode(bytes(body), acceptsToolCalls: true)
    let events = try stream(of: reply, face)
    let decoder = StreamDecoder(dialect, .events, limit: 1 << 20)
    _ = decoder.feed(events.span)
    #expect(decoder.isOver)
    let again = try decoder.reply(acceptsToolCalls: true)
    #expect(text(again.content) == text(reply.content))
    #expect(again.toolCalls == reply.toolCalls)
    #expect(again.reasoning == reply.reasoning)
    #expect(again.reason == reply.reason)
    // Nothing that the backend sent is missing.
    let told = try members(of: again)
    let sent = try members(of: reply)
    for (name, value) in sent where value != "null" && name != "\"object\"" {
      #expect(told[name] == value, "\(name)")
    }
  }

  /// The metadata's members, as canonical JSON.
  private func members(of reply: Reply) throws -> [String: String] {
    var members: [String: String] = [:]
    let metadata = try value(text(reply.metadata))
    for member in metadata.members {
      members[text(Array(member.name.raw))] = try canonical(Array(member.value.raw))
    }
    return members
  }

  /// Blocks keep their order, in a stream of a whole message and in a message put together from a stream.
  @Test func blocksKeepTheirOrder() throws {
    let (dialect, body) = Self.bodies.last!
    let reply = try dialect.decode(bytes(body), acceptsToolCalls: true)
    let decoder = StreamDecoder(.anthropic, .events, limit: 1 << 20)
    let events = try stream(of: reply, .anthropic)
    _ = decoder.feed(events.span)
    let again = try decoder.reply(acceptsToolCalls: true)
    let identity = AnswerIdentity(id: bytes("i"), model: bytes("m"), created: 1)
    let before = try content(reply.anthropicBody(identity).bytes)
    let after = try content(again.anthropicBody(identity).bytes)
    #expect(after == before)
  }

  private func content(_ body: [UInt8]) throws -> String {
    let message = try value(text(body))
    let content = try #require(message["content"])
    return try canonical(Array(content.raw))
  }

  private func stream(of reply: Reply, _ face: Face) throws -> [UInt8] {
    let writer = face.writer(AnswerTerms(model: bytes("bot"), asksForUsage: true, created: 7))
    let identifier = bytes("msg_1")
    var output: [UInt8] = []
    writer.write(reply.deltas(for: face), answer: identifier, model: reply.model, to: &output)
    let facts = AnswerFacts(
      identifier: identifier, conversation: bytes("c"),
      integration: AnswerFacts.Integration(id: bytes("i"), name: bytes("I"), isFallback: false),
      time: .now)
    writer.finish(reply, facts, attempts: { _ in }, to: &output)
    return output
  }
}
