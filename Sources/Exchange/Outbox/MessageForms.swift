package import Backends

/// The forms of the API for messages that wait: what their JSON means, and how their results are written.
package protocol MessageForms: AnyObject {
  /// The bot with an id, if it exists.
  func bot(_ id: [UInt8]) -> Bot?

  /// The message in a body; `nil` if the body is not valid.
  func message(in body: [UInt8], conversation: [UInt8]) -> Message?

  /// The object that `GET /v1/messages/{id}` has as `data`, for a finished message.
  func data(of answer: Answer, from bot: Bot, showsAttempts: Bool) -> [UInt8]

  /// The same for a message that no integration was asked about.
  func data(of failure: WaitingFailure, id: [UInt8], conversation: [UInt8], bot: Bot?) -> [UInt8]
}

/// Why a message that waited got no reply, other than that integrations failed.
package enum WaitingFailure {
  /// No integration could be asked for as long as `[outbox] hold` says.
  case expired
  /// The bot was deleted, or the message is no longer valid.
  case impossible
  /// The reply has more bytes than the outbox takes.
  case replyTooLarge
}
