import Dialects

/// Who an exchange answers.
protocol Recipient: AnyObject {
  /// More of a reply that is given as it is made. Returns whether there is room for more; if not,
  /// `Exchange.resume` is to be called once there is.
  func receive(_ deltas: [ReplyDelta]) -> Bool

  /// The end, called once.
  func receive(_ answer: Answer)
}
