import Protocols
import JSON
import Testing
import TestSupport

/// Bodies with status 200 that are not a reply.
@Suite struct ReplyFaultTests {
  @Test(
    arguments: [
      (Dialect.custom, "{}", nil), (.custom, #"{"content":null}"#, nil),
      (.custom, #"{"content":""}"#, nil),
      (.custom, #"{"content":[]}"#, nil), (.custom, #"{"content":7}"#, nil),
      (.custom, #"{"content":{"text":"a"}}"#, nil), (.custom, #"{"content":["a"]}"#, nil),
      (.custom, #"{"content":[{"type":"text","text":""}]}"#, nil),
      (.custom, #"{"content":"a","content":""}"#, nil),
      (.custom, #""Hi""#, .notAnObject), (.custom, "[]", .notAnObject),
      (.custom, "null", .notAnObject),
      (.custom, #"{"error":null}"#, nil),
      (.custom, #"{"choices":[{"message":{"content":"Hi"}}]}"#, .openai),
      (.anthropic, #"{"choices":[{"message":{"content":"Hi"}}]}"#, .openai),
      (.openai, #"{"content":[{"type":"text","text":"Hi"}]}"#, .anthropic),
      (.openai, #"{"content":"Hi"}"#, .custom), (.anthropic, #"{"content":"Hi"}"#, .custom),
      (.openai, "{}", nil), (.openai, #"{"choices":[]}"#, nil), (.openai, #"{"choices":{}}"#, nil),
      (.openai, #"{"choices":[{}]}"#, nil), (.openai, #"{"choices":[{"message":"Hi"}]}"#, nil),
      (.openai, #"{"choices":[{"message":{"content":null,"refusal":null}}]}"#, nil),
      (.openai, #"{"choices":[{"message":{"content":"","refusal":""}}]}"#, nil),
      (.openai, #"{"choices":[{"message":{"content":null,"refusal":7}}]}"#, nil),
      (
        .openai,
        #"{"choices":[{"message":{"content":null,"tool_calls":[{}]},"finish_reason":"tool_calls"}]}"#,
        .toolCall
      ),
      (
        .openai, #"{"choices":[{"message":{"content":""},"finish_reason":"length"}]}"#, .outOfTokens
      ),
      (.openai, #"{"message":{"role":"assistant","content":"Hi"},"done":true}"#, .ollama),
      (.anthropic, #"{"model":"l","response":"Hi","done":true}"#, .ollama),
      (.custom, #"{"message":{"content":"Hi"},"done":true}"#, .ollama),
      (.anthropic, "{}", nil), (.anthropic, #"{"content":[]}"#, nil),
      (.anthropic, #"{"content":null}"#, nil),
      (.anthropic, #"{"content":[{"type":"text","text":""}]}"#, nil),
      (.anthropic, #"{"content":[{"type":"text","text":null}]}"#, nil),
      (.anthropic, #"{"content":[{"type":"thinking"}],"stop_reason":"max_tokens"}"#, .outOfTokens),
      (.anthropic, #"{"content":[{"type":"tool_use"}],"stop_reason":"tool_use"}"#, .toolCall),
    ] as [(Dialect, String, ReplyHint?)])
  func missesContent(dialect: Dialect, body: String, hint: ReplyHint?) {
    expect(.missingContent(hint: hint), dialect, bytes(body))
  }

  /// An error counts wherever it stands, and its words are kept.
  @Test(arguments: [
    #"{"error":{"message":"secret"}}"#, #"{"error":"secret","content":""}"#,
    #"{"error":{"message":"secret"},"choices":[]}"#, #"[{"error":{"message":"secret"}}]"#,
    #"{"choices":[{"error":{"message":"secret"},"finish_reason":"length"}]}"#,
    #"{"choices":[{"message":{"content":null,"error":"secret"},"finish_reason":"stop"}]}"#,
    #"{"type":"error","error":{"type":"api_error","message":"secret"}}"#,
    #"{"object":"error","message":"secret"}"#,
  ])
  func reportsAnError(body: String) {
    for dialect in Dialect.allCases {
      #expect {
        try dialect.decode(bytes(body))
      } throws: {
        guard case .reported(let error) = $0 as? ReplyFault else { return false }
        return error.reason == bytes("secret")
      }
    }
  }

  /// What the policy refused, with the reason that vendors give.
  @Test(
    arguments: [
      (.openai, #"{"choices":[{"message":{},"finish_reason":"content_filter"}]}"#, nil),
      (
        .openai,
        #"{"error":{"message":"why"},"choices":[{"message":{},"finish_reason":"content_filter"}]}"#,
        "why"
      ),
      (.openai, #"{"choices":[{"message":{"content":""},"finish_reason":"SAFETY"}]}"#, nil),
      (.openai, #"{"promptFeedback":{"blockReason":"SAFETY"}}"#, "SAFETY"),
      (.anthropic, #"{"content":[],"stop_reason":"refusal"}"#, nil),
      (
        .anthropic,
        #"{"content":[],"stop_reason":"refusal","stop_details":{"type":"refusal","explanation":"why"}}"#,
        "why"
      ),
      (.custom, #"{"content":"","finish_reason":"refusal"}"#, nil),
    ] as [(Dialect, String, String?)])
  func saysWhatThePolicyRefused(dialect: Dialect, body: String, reason: String?) {
    expect(.refused(reason: reason.map { bytes($0) }), dialect, bytes(body))
  }

  @Test(
    arguments: [
      (bytes(""), .empty, 0, .emptyBody), (bytes(" \r\n"), .empty, 3, .emptyBody),
      ([0x1F, 0x8B, 0x08, 0x00], .valueExpected, 0, .compressed),
      ([0x28, 0xB5, 0x2F, 0xFD], .valueExpected, 0, .compressed),
      (bytes("\n<!DOCTYPE html>secret"), .valueExpected, 1, .html),
      (bytes("data: {\"secret\":1}\n\n"), .valueExpected, 0, .eventStream),
      (bytes("event: x\n"), .valueExpected, 0, .eventStream),
      (bytes(": ping\n"), .valueExpected, 0, .eventStream),
      (bytes("{\"a\":1}\n{\"b\":2}"), .trailingText, 8, .severalValues),
      ([0xFF, 0xFE, 0x7B, 0x00], .valueExpected, 0, .encoding),
      ([0x7B, 0x00, 0x7D, 0x00], .nameExpected, 1, .encoding),
      ([0x00, 0x7B, 0x00, 0x7D], .valueExpected, 0, .encoding),
      ([0x22, 0xE9, 0x22], .invalidUTF8, 1, .encoding),
      (bytes("\u{FEFF}\u{FEFF}{}"), .byteOrderMark, 0, .encoding),
      (bytes("secret"), .valueExpected, 0, nil),
      (bytes("{\"content\":\"Hi"), .unexpectedEnd, 14, nil),
      (bytes("{\"content\":\"Hi\"}x"), .trailingText, 16, nil), ([0x1F], .valueExpected, 0, nil),
    ] as [([UInt8], JSONError.Reason, Int, ReplyHint?)])
  func isNotJSON(body: [UInt8], reason: JSONError.Reason, position: Int, hint: ReplyHint?) {
    for dialect in Dialect.allCases {
      let error = JSONError(reason: reason, position: position)
      expect(.invalidJSON(error, hint: hint), dialect, body)
    }
  }

  @Test func givesAdvice() {
    let error = JSONError(reason: .valueExpected, position: 3)
    #expect(
      ReplyFault.invalidJSON(error, hint: nil).message
        == "the reply is not valid JSON: a value was expected at byte 3")
    for hint in ReplyHint.allCases {
      #expect(
        ReplyFault.missingContent(hint: hint).message.description.hasSuffix("; \(hint.advice)"))
      #expect(
        ReplyFault.invalidJSON(error, hint: hint).message.description.hasSuffix("; \(hint.advice)"))
    }
  }

  private func expect(_ fault: ReplyFault, _ dialect: Dialect, _ body: [UInt8]) {
    #expect(throws: fault) { _ = try dialect.decode(body) }
    #expect(!fault.message.description.contains("secret"))
  }
}
