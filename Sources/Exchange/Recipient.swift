import Protocols

/// Who an exchange answers.
protocol Recipient: AnyObject {
  /// More of a reply that is given as it is made, of an answer that is known so far. Returns whether there is room for
  /// more; if not, `Exchange.resume` is to be called once there is.
  func receive(_ deltas: [ReplyDelta], of answer: AnswerHead) -> Bool

  /// The end, called once.
  func receive(_ answer: Answer)
}
