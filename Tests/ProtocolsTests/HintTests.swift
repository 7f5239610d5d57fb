import JSON
import Protocols
import Testing
import TestSupport

/// What of a client's request is only a hint, and what an administrator takes out of it.
@Suite struct HintTests {
  private static func sent(
    _ shape: Face, to dialect: Dialect, _ fields: String, limit: Int? = nil,
    dropping dropped: [String] = [], maxTokens: Int? = nil
  ) throws -> String {
    let root = try value(#"{"model":"b","messages":[{"role":"user","content":"x"}],\#(fields)}"#)
    let chat = ChatRequest(shape, body: root, messages: try #require(root["messages"]))
    let profile = RequestProfile(
      dialect: dialect, model: bytes("m"), maxTokens: maxTokens, maxTokensLimit: limit,
      dropped: dropped.map(bytes), botID: bytes("b"), botName: bytes("B"))
    var encoder = RequestEncoder(
      try profile.serving(chat), conversationID: bytes("c"), user: nil, metadata: nil)
    try encoder.append(messagesOf: chat)
    let whole = text(try encoder.finish().bytes)
    let messages = #""messages":[{"role":"user","content":"x"}]"#
    return whole.replacing(messages, with: "").replacing(#"{"model":"m","#, with: "")
      .dropLast().replacing(",,", with: ",").trimmingCommas
  }

  // MARK: Hints

  @Test(
    arguments: [
      #""context_management":{"edits":[{"type":"clear_tool_uses_20250919"}]}"#,
      #""cache_control":{"type":"ephemeral"}"#, #""service_tier":"auto""#,
      #""thinking":{"type":"adaptive"}"#, #""thinking":{"type":"disabled"}"#,
      #""output_config":{"effort":"wild"}"#, #""output_config":{"task_budget":{}}"#,
      #""effort":"high""#, #""betas":["x"]"#, #""speed":"fast""#,
      #""metadata":{"user_id":"\#(String(repeating: "u", count: 65))"}"#,
      #""metadata":{"user_id":1}"#, #""metadata":null"#, #""tools":[]"#,
      #""tools":[],"tool_choice":{"type":"auto"}"#,
    ])
  func aHintOfAnthropicsNeverFails(field: String) throws {
    for dialect in [Dialect.openai, .custom] {
      let with = try Self.sent(.anthropic, to: dialect, field)
      #expect(try with == Self.sent(.anthropic, to: dialect, #""mcp_servers":[]"#))
    }
  }

  @Test(
    arguments: [
      #""store":true"#, #""metadata":{"a":"b"}"#, #""service_tier":"flex""#, #""seed":1"#,
      #""prediction":{"type":"content","content":"x"}"#, #""verbosity":"low""#,
      #""prompt_cache_key":"k""#, #""prompt_cache_retention":"24h""#,
      #""reasoning_effort":"none""#, #""reasoning_effort":"wild""#,
      #""reasoning":{"max_tokens":1}"#,
      #""context_management":{"edits":[]}"#, #""cache_control":{"type":"ephemeral"}"#,
      #""thinking":{"type":"enabled"}"#, #""thinking":{"type":"enabled","budget_tokens":1024}"#,
      #""include_reasoning":true"#, #""enable_thinking":false"#,
    ])
  func aHintOfOpenAIsNeverFails(field: String) throws {
    #expect(try Self.sent(.openai, to: .anthropic, field) == #""max_tokens":1024"#)
  }

  @Test(
    arguments: [
      ("low", "low"), ("medium", "medium"), ("high", "high"), ("minimal", "low"),
      ("xhigh", "high"), ("max", "high"),
    ])
  func effortHasThreeWordsThatAllKnow(word: String, sent: String) throws {
    #expect(
      try Self.sent(.anthropic, to: .openai, #""output_config":{"effort":"\#(word)"}"#)
        == #""reasoning_effort":"\#(sent)""#)
    for field in [#""reasoning_effort":"\#(word)""#, #""reasoning":{"effort":"\#(word)"}"#] {
      #expect(
        try Self.sent(.openai, to: .anthropic, field)
          == #""max_tokens":1024,"output_config":{"effort":"\#(sent)"}"#)
    }
  }

  /// Both say how much to think: the word is the client's own.
  @Test func aWordWinsOverABudget() throws {
    let word = #""output_config":{"effort":"low"}"#
    let budget = #""thinking":{"type":"enabled","budget_tokens":32000}"#
    for fields in [word + "," + budget, budget + "," + word] {
      #expect(
        try Self.sent(.anthropic, to: .openai, fields) == #""reasoning_effort":"low""#)
    }
  }

  // MARK: Budgets

  @Test(
    arguments: [
      // Fits, is cut to half of the reply, does not fit.
      (#""max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":2000}"#, 2000),
      (#""max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":4000}"#, 2000),
      (#""max_completion_tokens":2048,"thinking":{"type":"enabled","budget_tokens":9000}"#, 1024),
      (#""max_tokens":2047,"thinking":{"type":"enabled","budget_tokens":9000}"#, nil),
    ] as [(String, Int?)])
  func aBudgetFitsIntoTheReply(fields: String, budget: Int?) throws {
    let sent = try Self.sent(.openai, to: .anthropic, fields)
    if let budget {
      #expect(sent.contains(#""budget_tokens":\#(budget)}"#))
    } else {
      #expect(!sent.contains("thinking"))
    }
  }

  @Test func aClientOfTheSameInterfaceKeepsItsBudget() throws {
    let fields = #""max_tokens":1000,"thinking":{"type":"enabled", "budget_tokens":9000}"#
    #expect(try Self.sent(.anthropic, to: .anthropic, fields) == fields)
    let limited = try Self.sent(.anthropic, to: .anthropic, fields, limit: 500)
    #expect(limited == #""max_tokens":500"#)
  }

  // MARK: What an administrator takes out

  @Test(
    arguments: [
      (.openai, .openai, #""max_tokens":5000"#, #""max_tokens":4096"#),
      (.openai, .openai, #""max_completion_tokens":4097"#, #""max_completion_tokens":4096"#),
      (.openai, .openai, #""max_tokens":4096"#, #""max_tokens":4096"#),
      (.openai, .custom, #""max_tokens":99999999999999999999"#, #""max_tokens":4096"#),
      (.openai, .anthropic, #""max_completion_tokens":5000"#, #""max_tokens":4096"#),
      (.anthropic, .anthropic, #""max_tokens":32000"#, #""max_tokens":4096"#),
      (.anthropic, .openai, #""max_tokens":32000"#, #""max_tokens":4096"#),
      (.anthropic, .openai, #""max_tokens":7"#, #""max_tokens":7"#),
      (.openai, .openai, #""max_tokens":null"#, #""max_tokens":null"#),
    ] as [(Face, Dialect, String, String)])
  func aClientGetsNoMoreTokensThanItMay(face: Face, dialect: Dialect, from: String, to: String)
    throws
  {
    let sent = try Self.sent(face, to: dialect, from, limit: 4096)
    #expect(sent.contains(to) && !sent.contains("32000"))
  }

  @Test(
    arguments: [
      (.openai, .openai, #""temperature":1,"seed":2,"top_p":1"#, #""top_p":1"#),
      (.openai, .custom, #""temperature":1,"seed":2,"top_p":1"#, #""top_p":1"#),
      (.anthropic, .anthropic, #""temperature":1,"max_tokens":9"#, #""max_tokens":9"#),
      (.anthropic, .openai, #""temperature":1,"top_p":1"#, #""top_p":1"#),
      // By the client's name, and by the backend's.
      (.anthropic, .openai, #""stop_sequences":["a"],"top_p":1"#, #""top_p":1"#),
      (.anthropic, .openai, #""metadata":{"user_id":"u"},"top_p":1"#, #""top_p":1"#),
      // What would have no equivalent is not missed.
      (.openai, .anthropic, #""logit_bias":{"1":2},"seed":3"#, #""max_tokens":1024"#),
    ] as [(Face, Dialect, String, String)])
  func droppedFieldsAreNotPassedOn(face: Face, dialect: Dialect, from: String, to: String) throws {
    let dropped = ["temperature", "seed", "stop", "metadata", "logit_bias"]
    let sent = try Self.sent(face, to: dialect, from, dropping: dropped)
    #expect(dialect == .custom ? sent.hasSuffix("," + to) : sent == to)
  }

  /// The configuration's own limit applies to a client whose limit is dropped.
  @Test func aDroppedLimitLeavesTheConfigured() throws {
    #expect(
      try Self.sent(
        .openai, to: .openai, #""max_tokens":9"#, dropping: ["max_tokens"], maxTokens: 64)
        == #""max_tokens":64"#)
  }
}

extension Substring {
  fileprivate var trimmingCommas: String {
    var text = self
    while text.first == "," { text.removeFirst() }
    while text.last == "," { text.removeLast() }
    return String(text)
  }
}
