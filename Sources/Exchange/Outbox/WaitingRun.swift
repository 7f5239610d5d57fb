import Bytes
import Configuration
import EventLoop
import Logging
import Outbox
import Platform
import Protocols
import Storage

/// A message of the outbox that is being answered.
final class WaitingRun: Recipient, AnswerKeeper {
  let place: WaitingPlace
  /// The message, without its body.
  let message: OutboxMessage
  private let owner: WaitingMessages
  var exchange: Exchange?
  /// Whether the answer is kept already.
  private(set) var isKept = false

  init(_ place: WaitingPlace, _ message: OutboxMessage, of owner: WaitingMessages) {
    self.place = place
    self.message = message
    self.owner = owner
  }

  func receive(_ deltas: [ReplyDelta], of answer: AnswerHead) -> Bool { true }

  func receive(_ answer: Answer) { owner.end(self, with: answer) }

  func refuse(_ refusal: ExchangeRefusal) {
    preconditionFailure("a message that has its turn is not refused")
  }

  func keep(_ answer: Answer, turnTime: Int64, then completion: @escaping () -> Void) {
    isKept = true
    owner.keep(answer, of: self, turnTime: turnTime, then: completion)
  }

  func noteTurn() { owner.noteKeptTurn(of: place.entry) }
}
