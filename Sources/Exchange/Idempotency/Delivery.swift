package import Protocols

/// The requests with the same `Idempotency-Key` that wait for one exchange's answer.
package final class Delivery: Recipient {
  /// Makes the answer; `nil` once the answer is there, or no request waits for it any more.
  package var exchange: Exchange?
  /// Called once: with the answer, before a request gets it, or with `nil` where there will be no answer.
  package var onEnd: ((Answer?) -> Void)?
  /// The requests that wait. The first gets the reply as it is made. A later one has missed the beginning, and gets
  /// the whole reply at the end.
  private var recipients: [any Recipient] = []
  private var live: (any Recipient)?

  /// A delivery without requests.
  package init() {}

  /// A request waits from now on.
  package func join(_ recipient: any Recipient) {
    if recipients.isEmpty, live == nil { live = recipient }
    recipients.append(recipient)
  }

  /// A request's client has left. After the last one the exchange is given up, unless it is too late for that: then the
  /// answer is kept for a client that repeats the request.
  package func leave(_ recipient: any Recipient) {
    recipients.removeAll { $0 === recipient }
    if live === recipient {
      live = nil
      // No client is slow any more.
      exchange?.resume()
    }
    if recipients.isEmpty, exchange?.giveUp() == true { end(with: nil) }
  }

  /// The client of a stream, which was too slow, takes more again.
  package func resume(_ recipient: any Recipient) {
    if live === recipient { exchange?.resume() }
  }

  package func refuse(_ refusal: ExchangeRefusal) {
    for recipient in end(with: nil) { recipient.refuse(refusal) }
  }

  package func receive(_ deltas: [ReplyDelta], of answer: AnswerHead) -> Bool {
    live?.receive(deltas, of: answer) ?? true
  }

  package func receive(_ answer: Answer) {
    for recipient in end(with: answer) { recipient.receive(answer) }
  }

  /// No request waits any more. Returns those that have waited until now.
  @discardableResult
  private func end(with answer: Answer?) -> [any Recipient] {
    let recipients = self.recipients
    let announce = onEnd
    self.recipients = []
    live = nil
    exchange = nil
    onEnd = nil
    announce?(answer)
    return recipients
  }
}
