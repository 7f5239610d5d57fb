import Bytes
import JSON

/// Why a reply ended.
///
/// Backends say it in the word of their vendor, and clients are told in that of theirs. ``rows`` has all words: a new
/// vendor is a column.
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
  /// A word that is in no row.
  case other

  private struct Row {
    let reason: FinishReason
    /// The word in Chat Completions (`finish_reason`): the API reference of OpenAI, "The chat completion object".
    let openai: StaticString
    /// The word in Messages (`stop_reason`): Anthropic's documentation, "Handling stop reasons".
    let anthropic: StaticString
  }

  /// All words. Of several rows with one word the first counts.
  private static let rows: [Row] = [
    Row(reason: .end, openai: "stop", anthropic: "end_turn"),
    Row(reason: .stopSequence, openai: "stop", anthropic: "stop_sequence"),
    Row(reason: .pause, openai: "stop", anthropic: "pause_turn"),
    Row(reason: .tokenLimit, openai: "length", anthropic: "max_tokens"),
    Row(reason: .contextFull, openai: "length", anthropic: "model_context_window_exceeded"),
    Row(reason: .toolCalls, openai: "tool_calls", anthropic: "tool_use"),
    Row(reason: .functionCall, openai: "function_call", anthropic: "tool_use"),
    Row(reason: .refusal, openai: "content_filter", anthropic: "refusal"),
    // Clients know no word for what is unknown: it counts as an end.
    Row(reason: .other, openai: "stop", anthropic: "end_turn"),
  ]

  /// The reason of a word of any vendor's.
  init(_ word: Span<UInt8>) {
    for row in Self.rows where word.equals(row.openai) || word.equals(row.anthropic) {
      self = row.reason
      return
    }
    self = .other
  }

  /// The reason of a word that a backend sent; `nil` where it sent none.
  init?(_ word: JSONValue?) {
    guard let word = word?.string else { return nil }
    self.init(word.span)
  }

  private var row: Row {
    for row in Self.rows where row.reason == self { return row }
    preconditionFailure("each reason has a row")
  }

  /// The word in Chat Completions.
  var openai: StaticString { row.openai }

  /// The word in Messages.
  var anthropic: StaticString { row.anthropic }
}

extension Reply {
  /// Why the reply ended, as clients are told. A reply with calls of tools ends in them, whatever the backend says,
  /// unless they were cut off. A backend that does not say so has ended.
  var reason: FinishReason {
    let reason = finishReason ?? .end
    return !toolCalls.isEmpty && reason.isBeforeCalls ? .toolCalls : reason
  }
}

extension FinishReason {
  /// Whether calls of tools are the better reason.
  fileprivate var isBeforeCalls: Bool { self == .end || self == .stopSequence }

  /// The word in Chat Completions for a backend's word; `nil` where the backend's may stay.
  static func told(_ word: JSONValue, calls: Bool) -> StaticString? {
    guard let reason = FinishReason(word) else { return nil }
    let told = calls && reason.isBeforeCalls ? toolCalls.openai : reason.openai
    return word.equals(told) ? nil : told
  }
}
