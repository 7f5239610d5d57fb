import Bytes
import JSON

/// Why a reply ended.
///
/// Backends say it in the word of their vendor, and clients are told in that of theirs. ``rows`` has all words of
/// replies that are complete: docs/backends.md says whose they are.
public enum FinishReason: Equatable, Sendable, CaseIterable {
  /// The model ended the reply by itself.
  case end
  /// One of the request's stop sequences came.
  case stopSequence
  /// The model pauses a long turn, which the client may continue.
  case pause
  /// The reply reached its limit of tokens.
  case tokenLimit
  /// The conversation filled the model's context.
  case contextFull
  /// The model calls tools.
  case toolCalls
  /// The model calls a function, the older way to call tools.
  case functionCall
  /// The vendor's policy, or the model itself, refuses to continue.
  case refusal
  /// Any other word: the backend failed, was stopped, or says what is not known. The reply is not complete.
  case broken

  fileprivate struct Row {
    let reason: FinishReason
    /// The word in Chat Completions (`finish_reason`): the API reference of OpenAI, "The chat completion object".
    let openai: StaticString
    /// The word in Messages (`stop_reason`): Anthropic's documentation, "Handling stop reasons".
    let anthropic: StaticString
    /// Words of other vendors, from their documentation.
    var others: [StaticString] = []
  }

  /// All words. Of several rows with one word the first counts.
  private static let rows: [Row] = [
    // Together, TGI, watsonx; Cohere; the status of Responses.
    Row(
      reason: .end, openai: "stop", anthropic: "end_turn",
      others: ["eos", "eos_token", "complete", "completed"]),
    // llama.cpp.
    Row(reason: .stopSequence, openai: "stop", anthropic: "stop_sequence", others: ["word"]),
    // Anthropic, with context management.
    Row(reason: .pause, openai: "stop", anthropic: "pause_turn", others: ["compaction"]),
    // Mistral; watsonx; llama.cpp; Responses.
    Row(
      reason: .tokenLimit, openai: "length", anthropic: "max_tokens",
      others: ["model_length", "token_limit", "limit", "max_output_tokens"]),
    Row(reason: .contextFull, openai: "length", anthropic: "model_context_window_exceeded"),
    // Cohere.
    Row(
      reason: .toolCalls, openai: "tool_calls", anthropic: "tool_use", others: ["tool_call"]),
    Row(reason: .functionCall, openai: "function_call", anthropic: "tool_use"),
    // Gemini; Zhipu; Bedrock; Cohere.
    Row(
      reason: .refusal, openai: "content_filter", anthropic: "refusal",
      others: [
        "safety", "recitation", "blocklist", "prohibited_content", "spii", "image_safety",
        "sensitive", "content_filtered", "guardrail_intervened", "error_toxic",
      ]),
  ]

  /// The reason of a word of any vendor's, in any case of letters. Gemini adds its own word to OpenAI's, after a colon.
  init(_ word: Span<UInt8>) {
    let end = word.firstIndex(of: UInt8(ascii: ":")) ?? word.count
    let word = word.extracting(0..<end).trimmingBlanks
    for row in Self.rows where row.has(word) {
      self = row.reason
      return
    }
    self = .broken
  }

  /// The reason of a word that a backend sent; `nil` where it sent none, or has not ended yet.
  init?(_ word: JSONValue?) {
    guard let word = word?.string, !word.isEmpty, !word.span.equals("null") else { return nil }
    self.init(word.span)
  }

  private var row: Row {
    for row in Self.rows where row.reason == self { return row }
    return Self.rows[0]
  }

  /// The word in Chat Completions.
  var openai: StaticString { row.openai }

  /// The word in Messages.
  var anthropic: StaticString { row.anthropic }
}

extension FinishReason.Row {
  func has(_ word: Span<UInt8>) -> Bool {
    if word.equalsIgnoringCase(openai) || word.equalsIgnoringCase(anthropic) { return true }
    for other in others where word.equalsIgnoringCase(other) { return true }
    return false
  }
}

extension Reply {
  /// Why the reply ended, as clients are told. A reply with calls of tools ends in them, whatever the backend says,
  /// unless they were cut off. A backend that does not say so has ended.
  var reason: FinishReason {
    let reason = finishReason ?? .end
    guard !toolCalls.isEmpty else { return reason }
    // The old word, beside calls of today.
    if reason == .functionCall, details["tool_calls"]?.isEmpty == false { return .toolCalls }
    return reason.isBeforeCalls ? .toolCalls : reason
  }
}

extension FinishReason {
  /// Whether calls of tools are the better reason.
  fileprivate var isBeforeCalls: Bool { self == .end || self == .stopSequence }

  /// The word in Chat Completions for a backend's word; `nil` where the backend's may stay.
  static func told(_ word: JSONValue, calls: Bool) -> StaticString? {
    guard let reason = FinishReason(word) else { return nil }
    let isOther = reason.isBeforeCalls || reason == .functionCall
    let told = calls && isOther ? toolCalls.openai : reason.openai
    return word.equals(told) ? nil : told
  }

  /// The word in Messages for the word of a backend with Anthropic's interface; `nil` where the backend's may stay.
  static func toldToAnthropic(_ word: JSONValue, calls: Bool) -> StaticString? {
    guard let reason = FinishReason(word) else { return nil }
    let told = calls && reason.isBeforeCalls ? toolCalls.anthropic : reason.anthropic
    return word.equals(told) || word.equals("compaction") ? nil : told
  }
}

extension JSONValue {
  /// The first of a reply's `choices`.
  var firstChoice: JSONValue? { self["choices"]?.elements.first { _ in true } }

  /// The member that says why a whole reply ended, in any dialect.
  var endOfReply: JSONValue? {
    firstChoice?["finish_reason"] ?? self["stop_reason"] ?? self["finish_reason"]
      ?? self["incomplete_details"]?["reason"]
  }

  /// Whether its type says that it is an error, or a number other than 0 does (FastChat and Baidu; MiniMax).
  var isErrorObject: Bool {
    if member("type", is: "error") || member("object", is: "error") { return true }
    let number = self["error_code"] ?? self["base_resp"]?["status_code"]
    return number?.kind == .number && number?.integer != 0
  }

  /// Whether this is the value of a member `error` that reports an error: backends also send ones that say there is none.
  var reportsError: Bool { !isNull && !isEmpty && boolean != false && integer != 0 }
}
