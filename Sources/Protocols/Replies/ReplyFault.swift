public import Bytes
public import JSON

/// Why the body of a 200 response is not a reply. Messages never quote the backend.
public enum ReplyFault: Error, Equatable, Sendable {
  /// The body is not JSON.
  case invalidJSON(JSONError, hint: ReplyHint?)
  /// The body is JSON, but its content is missing, empty, or neither a string nor an array of message parts.
  case missingContent(hint: ReplyHint?)
  /// The reply reports an error, whatever else it says.
  case reported(BackendError)
  /// The reply ended in this word, which does not mean that it is complete.
  case endedBadly([UInt8])

  /// What is wrong and, if there is a hint, what to do about it, for an administrator.
  public var message: Text {
    switch self {
    case .invalidJSON(let error, let hint):
      "the reply is not valid JSON: \(error.reason.description) at byte \(error.position)"
        + Self.advice(hint)
    case .missingContent(let hint):
      "the reply has no content" + Self.advice(hint)
    case .reported:
      "the reply reports an error, with status 200: see the backend's log"
    case .endedBadly:
      Self.endedBadly
    }
  }

  static let endedBadly: Text =
    "the backend gave the reply up: its finish reason means no completion; see its log"

  private static func advice(_ hint: ReplyHint?) -> Text {
    guard let hint else { return "" }
    return "; \(hint.advice)"
  }
}
