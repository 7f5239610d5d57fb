import Dialects
import HTTPServer

/// The requests that wait for one exchange's answer: one, or several with the same `Idempotency-Key`.
final class Delivery: Recipient {
  /// Called with the answer, before anybody gets it.
  var onAnswer: ((Answer) -> Void)?
  /// Called once when the last of the requests has gone: nobody wants the answer any more.
  var onAbandon: (() -> Void)?
  /// Called when the one that gets the reply as it is made takes more of it again.
  var onDrain: (() -> Void)?
  /// The first gets the reply as it is made. Those that came later have missed some, and get it at the end.
  private var responders: [Responder] = []
  private var live: Responder?

  /// A request waits from now on.
  func join(_ responder: Responder) {
    if responders.isEmpty, live == nil {
      live = responder
      responder.onDrain = { [self] in onDrain?() }
    }
    responders.append(responder)
    // Until the request is over, which may be after it was answered: it forgets this then.
    responder.request.onAbandon = { [self] in leave(responder) }
  }

  /// Refuses all of them.
  func refuse(_ error: APIError) {
    for responder in close() { responder.refuse(error) }
  }

  func receive(_ deltas: [ReplyDelta], of answer: AnswerHead) -> Bool {
    live?.receive(deltas, of: answer) ?? true
  }

  func receive(_ answer: Answer) {
    onAnswer?(answer)
    for responder in close() { responder.receive(answer) }
  }

  /// Nobody waits any more.
  private func close() -> [Responder] {
    let responders = self.responders
    self.responders = []
    live = nil
    onAnswer = nil
    onAbandon = nil
    onDrain = nil
    for responder in responders { responder.onDrain = nil }
    return responders
  }

  private func leave(_ responder: Responder) {
    responder.abandon()
    responders.removeAll { $0 === responder }
    if live === responder {
      live = nil
      // Nobody is slow any more.
      onDrain?()
    }
    guard responders.isEmpty else { return }
    let announce = onAbandon
    _ = close()
    announce?()
  }
}
