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
      return
    }
    // A proxy or a small server may answer in plain text. Pages are long, and say many things.
    guard body.count <= BackendError.plainLimit,
      let nothing = try? JSONDocument([UInt8]("null")).root
    else {
      self.init(kind: .other, reason: nil, retryDelay: nil)
      return
    }
    self.init(nothing, saying: body, reason: nil)
  }

  /// The longest text that is not JSON and may say what matters, in bytes.
  private static let plainLimit = 200

  /// Reads a value that reports an error, or has one that does. O(n).
  ///
  /// Errors come as `{"error": {…}}` (OpenAI and nearly all), `{"error": "…"}` (Ollama), the error's members
  /// themselves (older vLLM), or one of these in an array (Gemini), in `errors` (Cloudflare) or in `base_resp` (MiniMax).
  @inline(never)
  init(_ value: JSONValue) {
    let root = value.elements.first { _ in true } ?? value
    let error =
      root["error"].present ?? root["errors"]?.elements.first { _ in true } ?? root["base_resp"]
      ?? root
    let text = Self.words(in: error)?.string ?? []
    self.init(error, saying: text, reason: text.isEmpty ? nil : text)
  }

  /// An error with its members and its text; `reason` is what is told of the text.
  private init(_ error: JSONValue, saying text: [UInt8], reason: [UInt8]?) {
    let kind = Self.kind(of: error, text)
    // OpenRouter has the body of the backend after it.
    if kind == .other, let raw = error["metadata"]?["raw"]?.string {
      let inner = BackendError(raw)
      if inner.kind != .other {
        self = inner
        return
      }
    }
    self.init(
      kind: kind, reason: reason, retryDelay: Self.retryDelay(error),
      overflow: kind == .contextTooLong ? ContextOverflow(error, text) : nil)
  }

  /// The text of an error: its `message`, or where that is missing what a server in between has (FastAPI: `detail`, and
  /// in an array `msg`), or what single vendors have (Baidu, MiniMax; FastChat, in streams).
  private static func words(in error: JSONValue) -> JSONValue? {
    if error.kind == .string { return error }
    for name in ["message", "detail", "error", "msg", "error_msg", "status_msg", "text"]
      as [StaticString]
    {
      guard let value = error[name].present else { continue }
      let inner = value.elements.first { _ in true } ?? value
      if value.kind == .string || inner.kind == .object { return words(in: inner) }
    }
    return nil
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
