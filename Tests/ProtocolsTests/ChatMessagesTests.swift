import Protocols
import JSON
import Testing
import TestSupport

/// Messages of one interface as a backend of the other one is sent them.
@Suite struct ChatMessagesTests {
  private static func messages(
    _ shape: Face, _ messages: String, system: String? = nil, more: String = ""
  ) throws -> String {
    let root = try value(#"{"messages":[\#(messages)]\#(more)}"#)
    let chat = ChatRequest(shape, body: root, messages: try #require(root["messages"]))
    let profile = RequestProfile(
      dialect: shape == .openai ? .anthropic : .openai, model: bytes("m"), maxTokens: 1,
      botID: bytes("b"), botName: bytes("B"), system: system.map(bytes))
    var encoder = RequestEncoder(
      try profile.serving(chat), conversationID: bytes("c"), user: nil, metadata: nil)
    if shape == .anthropic { try encoder.append(systemOf: chat) }
    try encoder.append(messagesOf: chat)
    return text(try encoder.finish().bytes)
  }

  static let call =
    #"{"id":"t1","type":"function","function":{"name":"f","arguments":"{\"a\": [1]}"}}"#

  static let toAnthropic: [(String, String)] = [
    (#"{"role":"user","content":"a"}"#, #"{"role":"user","content":"a"}"#),
    (
      #"{"role":"user","content":[{"type":"text","text":"a"},"#
        + #"{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}},"#
        + #"{"type":"image_url","image_url":{"url":"https://x/y"}}]}"#,
      #"{"role":"user","content":[{"type":"text","text":"a"},"#
        + #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}},"#
        + #"{"type":"image","source":{"type":"url","url":"https://x/y"}}]}"#
    ),
    (
      #"{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[\#(call)]},"#
        + #"{"role":"tool","tool_call_id":"t1","content":"r"},"#
        + #"{"role":"tool","tool_call_id":"t2","content":[{"type":"text","text":"s"}]},"#
        + #"{"role":"user","content":"b"},{"role":"assistant","content":"c"}"#,
      #"{"role":"user","content":"a"},"#
        + #"{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{"a": [1]}}]},"#
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"r"},"#
        + #"{"type":"tool_result","tool_use_id":"t2","content":[{"type":"text","text":"s"}]},"#
        + #"{"type":"text","text":"b"}]},{"role":"assistant","content":"c"}"#
    ),
    (
      #"{"role":"user","content":"a"},{"role":"assistant","content":"b","tool_calls":[\#(call)]},"#
        + #"{"role":"tool","tool_call_id":"t1","content":""}"#,
      #"{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":"b"},"#
        + #"{"type":"tool_use","id":"t1","name":"f","input":{"a": [1]}}]},"#
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":""}]}"#
    ),
    (
      #"{"role":"user","content":"a"},{"role":"assistant","content":null,"refusal":"no"},"#
        + #"{"role":"user","content":"b","name":"n"}"#,
      #"{"role":"user","content":"a"},{"role":"assistant","content":"no"},{"role":"user","content":"b"}"#
    ),
  ]

  @Test(arguments: toAnthropic) func writesMessagesForAnthropic(from: String, to: String) throws {
    #expect(
      try Self.messages(.openai, from) == #"{"model":"m","max_tokens":1,"messages":[\#(to)]}"#)
  }

  @Test(
    arguments: [
      (nil, #"{"role":"system","content":"A"}"#, #""A""#),
      (
        "S", #"{"role":"developer","content":"A"}"#,
        #"[{"type":"text","text":"S"},{"type":"text","text":"A"}]"#
      ),
      (
        nil,
        #"{"role":"system","content":[{"type":"text","text":"A"}]},{"role":"system","content":"B"}"#,
        #"[{"type":"text","text":"A"},{"type":"text","text":"B"}]"#
      ),
    ] as [(String?, String, String)])
  func writesSystemMessagesForAnthropic(system: String?, from: String, to: String) throws {
    #expect(
      try Self.messages(.openai, #"{"role":"user","content":"a"},"# + from, system: system)
        == #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a"}],"system":\#(to)}"#
    )
  }

  static let toOpenAI: [(String, String)] = [
    (
      #"{"role":"user","content":"a"},{"role":"system","content":[{"type":"text","text":"s"}]}"#,
      #"{"role":"user","content":"a"},{"role":"system","content":"s"}"#
    ),
    (
      #"{"role":"user","content":[{"type":"text","text":"a","cache_control":{}}]}"#,
      #"{"role":"user","content":"a"}"#
    ),
    (
      #"{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}},"#
        + #"{"type":"image","source":{"type":"url","url":"https://x/y"}},{"type":"text","text":"a"}]}"#,
      #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}},"#
        + #"{"type":"image_url","image_url":{"url":"https://x/y"}},{"type":"text","text":"a"}]}"#
    ),
    (
      #"{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"h","signature":"s"},"#
        + #"{"type":"text","text":"b"},{"type":"text","text":"c"},"#
        + #"{"type":"tool_use","id":"t1","name":"f","input":{"a": ["x"]}},{"type":"tool_use","id":"t2","name":"g","input":{}}]},"#
        + #"{"role":"user","content":[{"type":"text","text":"d"},{"type":"tool_result","tool_use_id":"t1","content":"r"},"#
        + #"{"type":"tool_result","tool_use_id":"t2","is_error":true,"content":[{"type":"text","text":"s"}]}]}"#,
      #"{"role":"user","content":"a"},{"role":"assistant","content":"bc","tool_calls":["#
        + #"{"id":"t1","type":"function","function":{"name":"f","arguments":"{\"a\": [\"x\"]}"}},"#
        + #"{"id":"t2","type":"function","function":{"name":"g","arguments":"{}"}}]},"#
        + #"{"role":"tool","tool_call_id":"t1","content":"r"},{"role":"tool","tool_call_id":"t2","content":"s"},"#
        + #"{"role":"user","content":"d"}"#
    ),
    (
      #"{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f"}]},"#
        + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t"}]}"#,
      #"{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":["#
        + #"{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]},"#
        + #"{"role":"tool","tool_call_id":"t","content":""}"#
    ),
  ]

  @Test(arguments: toOpenAI) func writesMessagesForOpenAI(from: String, to: String) throws {
    #expect(
      try Self.messages(.anthropic, from) == #"{"model":"m","messages":[\#(to)],"max_tokens":1}"#)
  }

  @Test(
    arguments: [
      (#""A""#, #""A""#), (#"[{"type":"text","text":"A","cache_control":{}}]"#, #""A""#),
      (
        #"[{"type":"text","text":"A"},{"type":"text","text":""},{"type":"text","text":"B\n"}]"#,
        #""A\n\nB\n""#
      ),
    ])
  func writesSystemMessagesForOpenAI(from: String, to: String) throws {
    #expect(
      try Self.messages(
        .anthropic, #"{"role":"user","content":"a"}"#, system: "S", more: #","system":\#(from)"#)
        == #"{"model":"m","messages":[{"role":"system","content":"S"},{"role":"system","content":\#(to)},"#
        + #"{"role":"user","content":"a"}],"max_tokens":1}"#)
  }

  @Test(
    arguments: [
      (.openai, #"{"role":"function","name":"f","content":"x"}"#, "messages[1].role"),
      (.openai, #"{"role":"assistant","audio":{"id":"a"}}"#, "messages[1].audio"),
      (.openai, #"{"role":"assistant","function_call":{}}"#, "messages[1].function_call"),
      (
        .openai,
        #"{"role":"assistant","tool_calls":[{"id":"t","function":{"name":"f","arguments":"[1"}}]}"#,
        "messages[1].tool_calls[0]"
      ),
      (.openai, #"{"role":"tool","content":"x"}"#, "messages[1]"),
      (.openai, #"{"role":"user","content":[{"type":"input_audio"}]}"#, "messages"),
      (.openai, #"{"role":"user","content":null}"#, "messages"),
      (.openai, #"{"role":"system","content":[{"type":"x"}]}"#, "messages"),
      (.anthropic, #"{"role":"tool","content":"x"}"#, "messages[1].role"),
      (.anthropic, #"{"role":"user","content":[{"type":"document"}]}"#, "messages"),
      (
        .anthropic, #"{"role":"user","content":[{"type":"image","source":{"type":"file"}}]}"#,
        "messages"
      ),
      (
        .anthropic,
        #"{"role":"user","content":[{"type":"tool_result","content":[{"type":"image"}]}]}"#,
        "messages"
      ),
      (.anthropic, #"{"role":"assistant","content":[{"type":"server_tool_use"}]}"#, "messages"),
      (.anthropic, #"{"role":"user"}"#, "messages"),
    ] as [(Face, String, String)])
  func namesWhatHasNoEquivalent(shape: Face, message: String, field: String) throws {
    let fault = try #require(throws: TranslationFault.self) {
      _ = try Self.messages(shape, #"{"role":"user","content":"a"},"# + message)
    }
    #expect(text(fault.field) == field)
  }
}
