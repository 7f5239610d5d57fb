import Bytes
import JSON

/// What the body of an error response says, as far as Postern acts upon it.
public struct BackendError: Equatable, Sendable {
  /// What the backend complains of.
  public let kind: Kind

  /// The backend's own words, as text; `nil` if there are none where backends put them. They may repeat what
  /// the user wrote.
  public let reason: [UInt8]?

  /// What a backend may complain of.
  public enum Kind: Equatable, Sendable {
    /// The conversation is longer than the model takes.
    case contextTooLong
    /// The content offends the backend's policy.
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
    kind = Self.rules.first { $0.applies(to: error, text ?? []) }?.kind ?? .other
  }
}
