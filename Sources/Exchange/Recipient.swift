package import Protocols

/// The receiver of an exchange's answer.
package protocol Recipient: AnyObject {
  /// Takes pieces of a reply that is given as it is made, and what is known of the answer so far. Returns whether there
  /// is room for more; if not, `Exchange.resume` follows once there is.
  func receive(_ deltas: [ReplyDelta], of answer: AnswerHead) -> Bool

  /// Takes the answer, once.
  func receive(_ answer: Answer)

  /// Takes the reason why the exchange is not begun, instead of an answer.
  func refuse(_ refusal: ExchangeRefusal)
}
