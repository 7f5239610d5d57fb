import Protocols

/// The recipient of a message that a limit keeps out of the outbox. Its sender gets a ``Submitted``, and no answer.
final class RefusedSubmission: Recipient {
  func receive(_ deltas: [ReplyDelta], of answer: AnswerHead) -> Bool {
    preconditionFailure("the message is not answered")
  }

  func receive(_ answer: Answer) { preconditionFailure("the message is not answered") }

  func refuse(_ refusal: ExchangeRefusal) {
    preconditionFailure("the message was refused before it had an exchange")
  }
}
