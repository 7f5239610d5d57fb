import Bytes
import JSON
public import Platform

/// What a backend reports as an error, as far as Postern acts on it.
public struct BackendError: Equatable, Sendable {
  /// What the backend reports.
  public let kind: Kind

  /// The backend's own words, as text; `nil` if they are missing. They may repeat what the user wrote.
  public let reason: [UInt8]?

  /// How long the backend wants no more requests, where the body says so; Gemini alone has it.
  public let retryDelay: TimeSpan?

  /// Where the conversation is longer than the model takes: the numbers.
  public let overflow: ContextOverflow?

  /// What a backend may report.
  public enum Kind: Equatable, Sendable {
    /// The conversation is longer than the model takes.
    case contextTooLong
    /// The backend's policy refuses the content.
    case contentFiltered
    /// The account has no credit left: waiting does not help.
    case quotaExhausted
    /// The model is being loaded, and will be ready soon.
    case loading
    /// Anything else.
    case other
  }

  /// Reads the body of an error response of any dialect, JSON or not. O(n).
  public init(_ body: [UInt8]) {
    if let root = try? JSONDocument(body).root {
      self.init(root)
    } else {
      // A proxy or a small server may answer in plain text. Pages are long, and say many things.
      let isLoading = body.count <= BackendError.plainLimit && BackendError.saysLoading(body)
      self.init(kind: isLoading ? .loading : .other, reason: nil, retryDelay: nil)
    }
  }

  /// The longest text that is not JSON and may say that the model is loading, in bytes.
  private static let plainLimit = 200

  private static func saysLoading(_ text: [UInt8]) -> Bool {
    for rule in Rule.openai where rule.kind == .loading && rule.place == .message {
      if text.span.containsIgnoringCase(rule.text) { return true }
    }
    return false
  }

  /// Reads a value that reports an error, or has one that does. O(n).
  ///
  /// Errors come as `{"error": {…}}` (OpenAI and nearly all), `{"error": "…"}` (Ollama), the error's members
  /// themselves (older vLLM), or one of these in an array (Gemini). Where `message` is missing, `detail` has the text
  /// (FastAPI).
  @inline(never)
  init(_ value: JSONValue) {
    let root = value.elements.first { _ in true } ?? value
    let error = root["error"] ?? root
    let message = error.kind == .string ? error : error["message"] ?? error["detail"]
    let text = message?.string ?? []
    let kind = Self.kind(of: error, text)
    self.init(
      kind: kind, reason: text.isEmpty ? nil : text, retryDelay: Self.retryDelay(error),
      overflow: kind == .contextTooLong ? ContextOverflow(error, text) : nil)
  }

  private init(
    kind: Kind, reason: [UInt8]?, retryDelay: TimeSpan?, overflow: ContextOverflow? = nil
  ) {
    self.kind = kind
    self.reason = reason
    self.retryDelay = retryDelay
    self.overflow = overflow
  }

  /// Any vendor's rules count, whatever the dialect: backends pass on what those before them said.
  private static func kind(of error: JSONValue, _ message: [UInt8]) -> Kind {
    for dialect in Dialect.allCases {
      if let kind = kind(of: error, message, by: dialect.rules.errorRules) { return kind }
    }
    return .other
  }

  @inline(never)
  private static func kind(of error: JSONValue, _ message: [UInt8], by rules: [Rule]) -> Kind? {
    for rule in rules where rule.applies(to: error, message) { return rule.kind }
    return nil
  }

  /// `error.details[].retryDelay`, seconds with an `s`: google.rpc.RetryInfo.
  private static func retryDelay(_ error: JSONValue) -> TimeSpan? {
    guard let details = error["details"] else { return nil }
    for detail in details.elements {
      if let delay = detail["retryDelay"]?.string, delay.last == UInt8(ascii: "s") {
        return TimeSpan(decimalSeconds: delay.span.extracting(0..<delay.count - 1))
      }
    }
    return nil
  }
}
