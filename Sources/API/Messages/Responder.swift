import Bytes
import EventLoop
import Exchange
import HTTPServer
import Platform
import Protocols

/// Answers one request, whole or as a stream.
///
/// A stream begins with the first piece of the reply, or after 15 s of silence. A failure before that has a status code,
/// as without streaming. A stream of audio has nothing of Postern's in it, so it begins with the first piece only.
final class Responder: Recipient {
  /// What makes the answer.
  enum Source {
    /// This request alone waits for it.
    case exchange(Exchange)
    /// Other requests with the same `Idempotency-Key` may wait for it too.
    case delivery(Delivery)
  }

  let request: Request
  private let format: AnswerFormat
  private let isStreaming: Bool
  private let loop: EventLoop
  private var stream: ResponseStream?
  /// Whether a part of the reply has been sent.
  private var hasReply = false
  private var lastWrite: Instant
  private var keepAliveTimer: TimerID?
  /// What it waits for; `nil` before and after.
  private var source: Source?
  private var hasLeft = false

  private static let silence = TimeSpan.seconds(15)

  /// A responder to a request that waits from now on.
  init(_ request: Request, as format: AnswerFormat, isStreaming: Bool, on loop: EventLoop) {
    self.request = request
    self.format = format
    self.isStreaming = isStreaming
    self.loop = loop
    lastWrite = loop.now
    if isStreaming, !format.isBare { scheduleKeepAlive() }
  }

  /// Waits for an answer from now on, or until its client leaves.
  func wait(for source: Source) {
    self.source = source
    if case .delivery(let delivery) = source { delivery.join(self) }
    // A cycle of references until the request has ended, which may be after its answer. Then it drops the closure.
    request.onAbandon = { [self] in abandon() }
  }

  /// Sends pieces of a streamed reply. Returns whether there is room for more; if not, the source is resumed later.
  func receive(_ deltas: [ReplyDelta], of answer: AnswerHead) -> Bool {
    var output: [UInt8] = []
    format.write(deltas, of: answer, to: &output)
    guard !output.isEmpty else { return true }
    hasReply = true
    let stream = stream ?? open(format.head(of: deltas))
    write(output, to: stream)
    return !stream.isFull
  }

  /// Sends the answer, or the rest of it.
  func receive(_ answer: Answer) {
    endWaiting()
    // It was too late to give the exchange up.
    guard !hasLeft else { return }
    guard case .reply(let reply, _) = answer.content else {
      return stream == nil ? request.respond(format.response(to: answer)) : end(answer)
    }
    guard isStreaming, hasReply || !format.isBare else {
      return request.respond(format.response(to: answer))
    }
    if !hasReply { _ = receive(format.deltas(of: reply), of: answer.head) }
    end(answer)
  }

  func refuse(_ refusal: ExchangeRefusal) {
    refuse(APIError(refusal))
  }

  /// Refuses the request.
  func refuse(_ error: APIError) {
    endWaiting()
    request.respond(format.response(to: error))
  }

  /// The client has gone.
  private func abandon() {
    let source = self.source
    endWaiting()
    hasLeft = true
    switch source {
    case .exchange(let exchange): _ = exchange.giveUp()
    case .delivery(let delivery): delivery.leave(self)
    case nil: break
    }
  }

  private func endWaiting() {
    loop.cancel(keepAliveTimer)
    source = nil
  }

  /// The client takes more of a stream again.
  private func resume() {
    switch source {
    case .exchange(let exchange): exchange.resume()
    case .delivery(let delivery): delivery.resume(self)
    case nil: break
    }
  }

  private func end(_ answer: Answer) {
    var output: [UInt8] = []
    format.finish(answer, to: &output)
    let stream = stream ?? open(format.streamHead)
    write(output, to: stream)
    if format.isBare, answer.isFailure { stream.abort() } else { stream.finish() }
  }

  private func open(_ head: Response) -> ResponseStream {
    let stream = request.respond(streaming: head)
    stream.onDrain = { [self] in resume() }
    self.stream = stream
    return stream
  }

  private func write(_ output: [UInt8], to stream: ResponseStream) {
    lastWrite = loop.now
    stream.write(output.span)
  }

  /// One timer serves the whole stream, instead of one for each piece.
  private func scheduleKeepAlive() {
    keepAliveTimer = loop.schedule(at: lastWrite + Responder.silence) { [self] in
      if loop.now - lastWrite >= Responder.silence {
        var output: [UInt8] = []
        format.keepAlive(to: &output)
        write(output, to: stream ?? open(format.streamHead))
      }
      scheduleKeepAlive()
    }
  }
}
