import Protocols
import HTTPServer

/// The requests that wait for one exchange's answer: one, or several with the same `Idempotency-Key`.
final class Delivery: Recipient {
  /// Where the answer comes from; `nil` once it has come, or nobody wants it any more.
  var exchange: Exchange?
  /// Called once: with the answer, before anybody gets it, or with `nil` where there will be none.
  var onEnd: ((Answer?) -> Void)?
  /// Those that wait. The first gets the reply as it is made; those that came later have missed some, and get it at the
  /// end.
  private var responders: [Responder] = []
  private var live: Responder?

  /// A request waits from now on.
  func join(_ responder: Responder) {
    if responders.isEmpty, live == nil { live = responder }
    responders.append(responder)
    responder.wait(for: self)
  }

  /// One that waited has gone. Where it was the last, the exchange is given up, unless it is too late for that: then the
  /// answer still comes, for whoever repeats the request.
  func leave(_ responder: Responder) {
    responders.removeAll { $0 === responder }
    if live === responder {
      live = nil
      // Nobody is slow any more.
      exchange?.resume()
    }
    if responders.isEmpty, exchange?.giveUp() == true { end(with: nil) }
  }

  /// The client of a stream, which was too slow, takes more again.
  func resume(_ responder: Responder) {
    if live === responder { exchange?.resume() }
  }

  /// Refuses all of them.
  func refuse(_ error: APIError) {
    for responder in end(with: nil) { responder.refuse(error) }
  }

  func receive(_ deltas: [ReplyDelta], of answer: AnswerHead) -> Bool {
    live?.receive(deltas, of: answer) ?? true
  }

  func receive(_ answer: Answer) {
    for responder in end(with: answer) { responder.receive(answer) }
  }

  /// Nobody waits any more. Returns who has waited until now.
  @discardableResult
  private func end(with answer: Answer?) -> [Responder] {
    let responders = self.responders
    let announce = onEnd
    self.responders = []
    live = nil
    exchange = nil
    onEnd = nil
    announce?(answer)
    return responders
  }
}
