import Bytes
import JSON

/// What the body of an error response says, as far as Postern acts on it.
public struct BackendError: Equatable, Sendable {
  /// What the backend reports.
  public let kind: Kind

  /// The backend's own words, as text; `nil` if they are missing. They may repeat what the user wrote.
  public let reason: [UInt8]?

  /// What a backend may report.
  public enum Kind: Equatable, Sendable {
    /// The conversation is longer than the model takes.
    case contextTooLong
    /// The backend's policy refuses the content.
    case contentFiltered
    /// Anything else.
    case other
  }

  /// Reads the body of an error response of any dialect, JSON or not. O(n).
  ///
  /// Errors come as `{"error": {…}}` (OpenAI and nearly all), `{"error": "…"}` (Ollama), the error's members
  /// themselves (older vLLM), or one of these in an array (Gemini).
  public init(_ body: [UInt8]) {
    guard var root = try? JSONDocument(body).root else {
      kind = .other
      reason = nil
      return
    }
    root = root.elements.first { _ in true } ?? root
    let error = root["error"] ?? root
    let message = error.kind == .string ? error : error["message"]
    let text = message?.string
    reason = text.map { $0.isEmpty ? nil : $0 } ?? nil
    kind = Self.kind(of: error, text ?? [])
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
}
