public import Bytes
public import JSON

/// Why the body of a 200 response is not a reply. Messages never quote the backend.
public enum ReplyFault: Error, Equatable, Sendable {
  /// The body is not JSON.
  case invalidJSON(JSONError, hint: ReplyHint?)
  /// The body is JSON, but its content is missing, empty, or neither a string nor an array of message parts.
  case missingContent(hint: ReplyHint?)
  /// The backend's policy left nothing of the reply; the reason as text, `nil` where the backend gave none.
  case refused(reason: [UInt8]?)
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
    case .refused:
      "the backend's policy left nothing of the reply"
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

  /// Why a body that is JSON has no content. What the policy did counts before errors, and errors before the rest.
  init(withoutContent root: JSONValue, readAs dialect: Dialect) {
    let word = root.endOfReply
    let error = root.reportedError.map { BackendError($0) }
    if FinishReason(word) == .refusal || error == nil && root.promptRefusal != nil {
      self = .refused(reason: error?.reason ?? root.refusalReason)
    } else if let error {
      self = .reported(error)
    } else if FinishReason(word) == .broken {
      self = .endedBadly(word?.string ?? [])
    } else {
      self = .missingContent(hint: ReplyHint(root, readAs: dialect))
    }
  }
}

extension JSONValue {
  /// The error that a body without content reports, wherever it stands; `nil` if it reports none.
  fileprivate var reportedError: JSONValue? {
    // Gemini's errors come in an array.
    let root = elements.first { _ in true } ?? self
    if root.isErrorObject { return root }
    let choice = root.firstChoice
    for error in [root["error"], choice?["error"], choice?["message"]?["error"]] {
      if let error, error.reportsError { return error }
    }
    return nil
  }

  /// Why the policy refused the question, in Gemini's own format.
  fileprivate var promptRefusal: JSONValue? {
    guard let reason = self["promptFeedback"]?["blockReason"], reason.kind == .string else {
      return nil
    }
    return reason
  }

  /// Why the policy refused, as text: Anthropic's explanation or Gemini's word; `nil` for no reason.
  fileprivate var refusalReason: [UInt8]? {
    let reason = (self["stop_details"]?["explanation"].present ?? promptRefusal)?.string
    return reason?.isEmpty == false ? reason : nil
  }
}
