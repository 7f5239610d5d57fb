public import Bytes
public import JSON

/// Why a stream is not a reply. Only `reported` and `endedBadly` quote the backend.
public enum StreamFault: Error, Equatable, Sendable {
  /// The reply, or one of its events, has more bytes than the limit.
  case tooLarge(limit: Int)
  /// The backend reported an error inside the stream.
  case reported(BackendError)
  /// The reply ended in this word, which does not mean that it is complete.
  case endedBadly([UInt8])
  /// An event that may have had a part of the reply is not JSON.
  case malformed(JSONError)
  /// A second reply began before the first one ended.
  case secondReply
  /// A call of a tool has no name, or arguments that the client cannot be given.
  case brokenCall
  /// The stream ended without saying that the reply is whole.
  case unfinished
  /// The reply is whole, but it has no content or is not JSON.
  case noReply(ReplyFault)

  /// What is wrong, for an administrator.
  public var message: Text {
    switch self {
    case .tooLarge(let limit): "the reply has more than max_response = \(limit) bytes"
    case .reported: "the backend reported an error inside the stream"
    case .endedBadly: ReplyFault.endedBadly
    case .malformed(let error):
      "a part of the reply is missing: an event of the stream is not valid JSON, "
        + "\(error.reason.description) at byte \(error.position); see the backend's log"
    case .secondReply:
      "a second reply began inside the stream: check what stands before the backend"
    case .brokenCall:
      "the reply calls a tool without its name, or with arguments that are not a JSON object"
    case .unfinished: "the stream ended without a finish signal: the reply may be cut short"
    case .noReply(let fault): fault.message
    }
  }
}
