import Exchange
import JSON
import Testing
import TestSupport

@testable import API

@Suite struct MessageBodyTests {
  @Test func takesAMessage() throws {
    let message = try MessageBody.message(
      in: bytes(
        #"""
         {"content": "h\u00e9", "conversation_id": "conv_1", "stream": false, "unknown": [1],
          "user": {"id": "u", "name": "John Doe", "platform": "web"}, "metadata": {"a": 1.50}}
        """#))
    #expect(text(Array(try #require(message.prompt.keptMessage).raw)) == #""h\u00e9""#)
    #expect(message.conversation == bytes("conv_1"))
    #expect(message.user.map { text(Array($0.raw)) }?.hasPrefix(#"{"id": "u", "#) == true)
    #expect(message.platform == bytes("web"))
    #expect(message.metadata.map { text(Array($0.raw)) } == #"{"a": 1.50}"#)
  }

  @Test(arguments: [
    #"{"content":"x"}"#,
    #"{"content":"x","conversation_id":null,"user":null,"metadata":null,"stream":null}"#,
    #"{"content":"x","user":{"id":null}}"#,
  ])
  func needsNoMoreThanContent(body: String) throws {
    let message = try MessageBody.message(in: bytes(body))
    #expect(text(Array(try #require(message.prompt.keptMessage).raw)) == #""x""#)
    #expect(message.conversation == nil && message.platform == nil && message.metadata == nil)
  }

  @Test(arguments: [
    ("conversationId", "conversation_id"), ("conversationID", "conversation_id"),
    ("conversation-id", "conversation_id"), ("convresation_id", "conversation_id"),
    ("Content", "content"), ("contents", "content"), ("meta_data", "metadata"),
    ("streams", "stream"), ("users", "user"),
  ])
  func refusesAMisspeltField(name: String, right: String) throws {
    let error = #expect(throws: APIError.self) {
      try MessageBody.message(in: bytes(#"{"content":"x","\#(name)":"c"}"#))
    }
    #expect(
      error.map { text($0.message.bytes) }
        == "\(name) is not a field of a message: write \(right).")
  }

  @Test(arguments: ["model", "conversation", "id", "", "userId", "streaming", "role", "\u{1F600}"])
  func ignoresOtherFields(name: String) throws {
    _ = try MessageBody.message(in: bytes(#"{"content":"x","\#(name)":"c"}"#))
  }

  /// As most readers of JSON do, so that no program checks one member and uses another.
  @Test func takesTheLastOfSeveralMembersOfOneName() throws {
    let message = try MessageBody.message(
      in: bytes(#"{"content":"","conversation_id":7,"content":"x","conversation_id":"b"}"#))
    #expect(text(Array(try #require(message.prompt.keptMessage).raw)) == #""x""#)
    #expect(message.conversation == bytes("b"))
  }

  @Test(arguments: [
    #"[{"type":"text","text":"x"}]"#, #"[{"type":"image_url","image_url":{"url":"https://x/y"}}]"#,
    #"[{"type":"anything","else":1}]"#, #"" ""#, #""\u0000""#,
  ])
  func takesContent(content: String) throws {
    let message = try MessageBody.message(in: bytes("{\"content\":\(content)}"))
    #expect(text(Array(try #require(message.prompt.keptMessage).raw)) == content)
  }

  @Test(arguments: [
    ("", "invalid_json"), ("{", "invalid_json"), ("{}x", "invalid_json"),
    ("{'a':1}", "invalid_json"),
    ("{\"content\":\"\u{1}\"}", "invalid_json"), ("[]", "invalid_request"),
    ("null", "invalid_request"),
    (#""content""#, "invalid_request"), ("{}", "content"), (#"{"Content":"x"}"#, "content"),
    (#"{"content":null}"#, "content"), (#"{"content":""}"#, "content"),
    (#"{"content":7}"#, "content"),
    (#"{"content":{}}"#, "content"), (#"{"content":[]}"#, "content"),
    (#"{"content":["x"]}"#, "content"),
    (#"{"content":[{"type":"text"}]}"#, "content"), (#"{"content":[{"text":"x"}]}"#, "content"),
    (#"{"content":[{"type":"text","text":""}]}"#, "content"),
    (#"{"content":"x","conversation_id":7}"#, "conversation_id"),
    (#"{"content":"x","conversation_id":""}"#, "conversation_id"),
    (#"{"content":"x","conversation_id":"a b"}"#, "conversation_id"),
    (#"{"content":"x","conversation_id":"é"}"#, "conversation_id"),
    (#"{"content":"x","conversation_id":"a\u0000"}"#, "conversation_id"),
    (#"{"content":"x","conversation_id":"a\u007f"}"#, "conversation_id"),
    (#"{"content":"x","conversation_id":[]}"#, "conversation_id"),
    (#"{"content":"x","user":"u"}"#, "user"), (#"{"content":"x","user":[]}"#, "user"),
    (#"{"content":"x","user":{"id":7}}"#, "user.id"),
    (#"{"content":"x","user":{"id":""}}"#, "user.id"),
    (#"{"content":"x","user":{"id":"a\tb"}}"#, "user.id"),
    (#"{"content":"x","metadata":[]}"#, "metadata"),
    (#"{"content":"x","metadata":"m"}"#, "metadata"),
    (#"{"content":"x","stream":1}"#, "stream"), (#"{"content":"x","stream":"true"}"#, "stream"),
  ])
  func saysWhatIsWrong(body: String, fault: String) throws {
    let error = try #require(throws: APIError.self) { _ = try MessageBody.message(in: bytes(body)) }
    let isOfTheBody = fault.hasPrefix("invalid")
    #expect(
      error.brief == "400 invalid_request_error "
        + (isOfTheBody ? fault : "invalid_parameter \(fault)"))
    #expect(!error.message.bytes.isEmpty)
  }

  @Test func saysWhereJSONIsWrong() throws {
    let error = try #require(throws: APIError.self) {
      _ = try MessageBody.message(in: bytes("{\n \"content\" 1}"))
    }
    #expect(error.message.description.contains("line 2, column 12 (byte 13)"))
  }

  @Test(arguments: [(1, true), (128, true), (129, false)])
  func takesIdentifiersUpTo128Characters(count: Int, isTaken: Bool) {
    let identifier = String(repeating: "~", count: count)
    for body in [
      #"{"content":"x","conversation_id":"\#(identifier)"}"#,
      #"{"content":"x","user":{"id":"\#(identifier)"}}"#,
    ] {
      #expect(((try? MessageBody.message(in: bytes(body))) != nil) == isTaken)
    }
  }

  /// Only text that a header field can hold is put into one.
  @Test(arguments: [
    (#""telegram""#, "telegram"), (#""""#, nil), ("7", nil), (#""two words""#, nil),
    (#""a\r\nX-Injected: 1""#, nil), (#""é""#, nil), (#""a\u0000""#, nil),
    ("\"\(String(repeating: "p", count: 129))\"", nil),
  ])
  func passesOnPlatformsThatAFieldCanCarry(platform: String, passed: String?) throws {
    let message = try MessageBody.message(
      in: bytes(#"{"content":"x","user":{"platform":\#(platform)}}"#))
    #expect(message.platform == passed.map(bytes))
  }
}
