import Backends
import Exchange
import JSON
import Protocols
import Testing
import TestSupport

@testable import API

/// Requests of OpenAI's and Anthropic's clients as messages to a bot.
@Suite struct ChatRequestParsingTests {
  private func request(
    _ body: String, _ shape: Face = .openai, in conversation: String? = nil
  ) throws -> Message {
    try ChatRequest(bytes(body), in: shape).message(to: nil, in: conversation.map(bytes))
  }

  private static let hello = #""messages":[{"role":"user","content":"Hello"}]"#

  @Test func messagesAreTheContext() throws {
    let message = try request(
      #"{\#(Self.hello),"stream":true,"user":"u\"1","metadata":{"a":"b"}}"#)
    #expect(message.prompt.keptMessage == nil)
    #expect(message.prompt.lastMessage?.string == bytes("Hello"))
    #expect(message.conversation == nil)
    #expect(message.isStreaming)
    #expect(message.userID == bytes(#"u"1"#))
    #expect(message.user.map { text(Array($0.raw)) } == #"{"id":"u\"1"}"#)
    #expect(message.metadata.map { text(Array($0.raw)) } == #"{"a":"b"}"#)
  }

  @Test func anthropicNamesTheUserElsewhere() throws {
    let message = try request(#"{\#(Self.hello),"metadata":{"user_id":"u"}}"#, .anthropic)
    #expect(message.userID == bytes("u"))
    #expect(!message.isStreaming)
  }

  /// The user's last message is the content, if it continues a conversation; messages after it
  /// follow.
  @Test(
    arguments: [
      (
        .openai,
        #"{"role":"user","content":"a"},{"role":"assistant","content":"b"},"#
          + #"{"role":"user","content":"c"}"#, #""c""#, 3
      ),
      (
        .openai,
        #"{"role":"user","content":"a"},{"role":"assistant","tool_calls":[]},"#
          + #"{"role":"tool","content":"c"}"#, #""a""#, 1
      ),
      (
        .anthropic,
        #"{"role":"user","content":[{"type":"text","text":"a"}]},"#
          + #"{"role":"assistant","content":"b"},"#
          + #"{"role":"user","content":[{"type":"tool_result"},{"type":"text","text":"c"}]}"#,
        #""a""#, 1
      ),
      (
        .anthropic,
        #"{"role":"user","content":[{"type":"text","text":"a"},"#
          + #"{"type":"image","source":{"type":"url","url":"u"}}]}"#,
        #"[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}}]"#, 1
      ),
    ] as [(Face, String, String, Int)])
  func goesOn(shape: Face, messages: String, kept: String, next: Int) throws {
    let message = try request(#"{"messages":[\#(messages)]}"#, shape, in: "c1")
    guard case .turn(let content, .some, let behind) = message.prompt else {
      Issue.record("\(message.prompt)")
      return
    }
    #expect(text(Array(content.raw)) == kept)
    #expect(behind == next)
    #expect(message.conversation == bytes("c1"))
  }

  @Test(
    arguments: [
      ("[", nil, "400 invalid_request_error invalid_json"),
      ("[]", nil, "400 invalid_request_error invalid_request"),
      (#"{}"#, nil, "400 invalid_request_error invalid_parameter messages"),
      (#"{"messages":[]}"#, nil, "400 invalid_request_error invalid_parameter messages"),
      (#"{"messages":["x"]}"#, nil, "400 invalid_request_error invalid_parameter messages"),
      (#"{\#(hello),"stream":1}"#, nil, "400 invalid_request_error invalid_parameter stream"),
      (#"{\#(hello),"stream":true,"n":2}"#, nil, "400 invalid_request_error invalid_parameter n"),
      (#"{\#(hello)}"#, "a b", "400 invalid_request_error invalid_parameter X-Conversation-Id"),
      (
        #"{"messages":[{"role":"system","content":"x"}]}"#, "c",
        "400 invalid_request_error invalid_parameter messages"
      ),
      (
        #"{"messages":[{"role":"user","content":""}]}"#, "c",
        "400 invalid_request_error invalid_parameter messages"
      ),
    ] as [(String, String?, String)])
  func saysWhatIsWrong(body: String, conversation: String?, fault: String) throws {
    let error = try #require(throws: APIError.self) { _ = try request(body, in: conversation) }
    #expect(error.brief == fault)
  }

  @Test func saysThatTheModelIsMissing() throws {
    let chat = try ChatRequest(bytes("{\(Self.hello)}"), in: .openai)
    let error = try #require(throws: APIError.self) { _ = try chat.body.model }
    #expect(error.brief == "400 invalid_request_error invalid_parameter model")
  }
}
