import HTTPServer

/// The requests that wait for one exchange's answer: one, or several with the same `Idempotency-Key`.
final class Delivery {
  /// Called once when the last of them has gone: nobody wants the answer any more.
  var onAbandon: (() -> Void)?
  private var requests: [Request] = []

  /// A request waits from now on.
  func join(_ request: Request) {
    requests.append(request)
    request.onAbandon = { [self, unowned(unsafe) request] in leave(request) }
  }

  /// Answers all of them.
  func complete(_ response: Response) {
    let requests = self.requests
    self.requests = []
    onAbandon = nil
    for request in requests { request.respond(response) }
  }

  private func leave(_ request: Request) {
    requests.removeAll { $0 === request }
    guard requests.isEmpty else { return }
    let announce = onAbandon
    onAbandon = nil
    announce?()
  }
}
