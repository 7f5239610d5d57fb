import Backends
import Bytes
import Configuration
import EventLoop
import HTTPClient
import Logging
import Platform
import Protocols

/// A second integration that an exchange asks while the first says nothing: one attempt.
final class Hedge: AttemptOwner {
  private let exchange: Exchange
  let trial: Trial
  /// What of the conversation it was sent.
  let sent: SentRequest
  /// Set at once after it was made, because the attempt has this object as its owner.
  var attempt: Attempt?
  /// The pieces before the first output.
  var held: [ReplyDelta] = []

  init(of exchange: Exchange, _ trial: Trial, _ sent: SentRequest) {
    self.exchange = exchange
    self.trial = trial
    self.sent = sent
  }

  func deliver(_ deltas: [ReplyDelta]) {
    exchange.hear(deltas, of: self)
  }

  func settle(_ report: AttemptReport, _ reply: Reply?) {
    exchange.settle(report, reply, of: self)
  }
}
