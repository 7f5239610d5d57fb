import Protocols
import JSON
import Testing
import TestSupport

@Suite struct RequestEncoderTests {
  static let history: [(MessageRole, String)] = [
    (.user, #""What's\u0020up?""#),
    (.assistant, #"[ {"type":"text", "text":"N\/A"} ]"#),
    (.user, #""1e400 \ud800""#),
  ]

  @Test func writesTheCustomFormat() throws {
    #expect(
      try encode(
        profile(.custom), Self.history, user: #"{ "id":"user_456","big":123456789012345678901 }"#,
        metadata: #"{"any" :1.10}"#)
        == #"{"messages":[{"role":"system","content":"Be terse.\n"},"#
        + #"{"role":"user","content":"What's\u0020up?"},"#
        + #"{"role":"assistant","content":[ {"type":"text", "text":"N\/A"} ]},"#
        + #"{"role":"user","content":"1e400 \ud800"}],"#
        + #""conversation_id":"conv_1","user":{ "id":"user_456","big":123456789012345678901 },"#
        + #""bot":{"id":"support","name":"Support \"Bot\""},"metadata":{"any" :1.10},"#
        + #""temperature":0.20,"stop":["\u0041" ]}"#)
  }

  @Test func keepsTheCustomFormatsShapeWithoutUserAndMetadata() throws {
    let plain = RequestProfile(dialect: .custom, botID: bytes("b"), botName: bytes("b"), system: [])
    #expect(
      try encode(plain, [(.user, "\"Hi\"")])
        == #"{"messages":[{"role":"user","content":"Hi"}],"conversation_id":"conv_1","user":{},"#
        + #""bot":{"id":"b","name":"b"},"metadata":{}}"#)
  }

  @Test func writesChatCompletions() throws {
    #expect(
      try encode(profile(.openai), Self.history, user: "{}", metadata: "{}")
        == #"{"model":"m-1","messages":[{"role":"system","content":"Be terse.\n"},"#
        + #"{"role":"user","content":"What's\u0020up?"},"#
        + #"{"role":"assistant","content":[ {"type":"text", "text":"N\/A"} ]},"#
        + #"{"role":"user","content":"1e400 \ud800"}],"max_tokens":64,"#
        + #""temperature":0.20,"stop":["\u0041" ]}"#)
    let plain = RequestProfile(
      dialect: .openai, model: bytes("gpt-4o"), botID: bytes("b"), botName: bytes("b"))
    #expect(
      try encode(plain, [(.user, "\"Hi\"")])
        == #"{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}"#)
  }

  @Test func writesMessages() throws {
    #expect(
      try encode(profile(.anthropic), Self.history, user: "{}", metadata: "{}")
        == #"{"model":"m-1","max_tokens":64,"system":"Be terse.\n","messages":["#
        + #"{"role":"user","content":"What's\u0020up?"},"#
        + #"{"role":"assistant","content":[{"type":"text", "text":"N\/A"}]},"#
        + #"{"role":"user","content":"1e400 \ud800"}],"temperature":0.20,"stop":["\u0041" ]}"#)
    let plain = RequestProfile(
      dialect: .anthropic, model: bytes("claude"), botID: bytes("b"), botName: bytes("b"))
    #expect(
      try encode(plain, [(.user, "\"Hi\"")])
        == #"{"model":"claude","max_tokens":1024,"messages":[{"role":"user","content":"Hi"}]}"#)
  }

  @Test(arguments: [
    (
      Dialect.custom, ["metadata", "bot", "user", "conversation_id"],
      #"{"messages":[{"role":"user","content":"Hi"}],"metadata":1,"bot":1,"user":1,"conversation_id":1}"#
    ),
    (
      .openai, ["max_tokens", "model", "max_completion_tokens"],
      #"{"messages":[{"role":"user","content":"Hi"}],"max_tokens":1,"model":1,"max_completion_tokens":1}"#
    ),
    (
      .anthropic, ["system", "model", "max_tokens"],
      #"{"messages":[{"role":"user","content":"Hi"}],"system":1,"model":1,"max_tokens":1}"#
    ),
    (
      .openai, ["stream", "messages"],
      #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":5}"#
    ),
  ])
  func letsParametersTakeTheirFieldsPlace(dialect: Dialect, names: [String], body: String) throws {
    let system = names.contains("system") ? bytes("s") : nil
    let profile = RequestProfile(
      dialect: dialect, model: bytes("m"), maxTokens: 5,
      parameters: try names.map { try parameter($0, "1") }, botID: bytes("b"), botName: bytes("b"),
      system: system)
    #expect(try encode(profile, [(.user, "\"Hi\"")]) == body)
  }

  @Test func reservesParameters() {
    for (name, isReserved) in [("messages", true), ("stream", true), ("model", false), ("", false)]
    {
      let name = bytes(name)
      #expect(RequestParameter.isReserved(name.span) == isReserved)
    }
  }

  @Test(arguments: Dialect.allCases)
  func namesTheDefaultFields(dialect: Dialect) {
    let fields = dialect.defaultFields.map { "\($0.name): \($0.value)" }
    let common = ["Content-Type: application/json", "Accept: application/json"]
    #expect(fields == common + (dialect == .anthropic ? ["anthropic-version: 2023-06-01"] : []))
  }

  /// With any parameters and contents, a body is valid and has each name once.
  @Test(arguments: Dialect.allCases)
  func writesNoNameTwice(dialect: Dialect) throws {
    let names = [
      "model", "messages", "max_tokens", "system", "stream", "user", "metadata", "bot", "a\"b",
      "conversation_id", "temperature", "\u{0}",
    ]
    for choice in 0..<(1 << names.count) where choice % 7 == 0 {
      let parameters = try names.enumerated().filter { choice >> $0.offset & 1 == 1 }
        .map { try parameter($0.element, "[{\"x\":1,\"x\":2}]") }
      let body = try encode(profile(dialect, parameters), Self.history, user: "{\"a\":1,\"a\":2}")
      #expect(try hasUniqueNames(bytes(body)))
      let messages = dialect == .responses ? "input" : "messages" as StaticString
      #expect(try value(body)[messages]?.kind == .array)
    }
  }
}
