import Bytes
import Protocols
import EventLoop
import HTTPServer
import Platform

/// Answers one request, whole or as a stream.
///
/// A stream begins with the first piece of the reply, or after 15 s of silence; what fails before that is answered
/// with a status code of its own, like any other request.
final class Responder {
  let request: Request
  private let face: any Face
  private let isStreaming: Bool
  private let loop: EventLoop
  private var stream: ResponseStream?
  /// Whether any of the reply has gone out.
  private var hasReply = false
  private var lastWrite: Instant
  private var keepAliveTimer: TimerID?
  /// What it waits for.
  private var delivery: Delivery?

  private static let silence = TimeSpan.seconds(15)

  /// A responder to a request that waits from now on.
  init(_ request: Request, as face: any Face, isStreaming: Bool, on loop: EventLoop) {
    self.request = request
    self.face = face
    self.isStreaming = isStreaming
    self.loop = loop
    lastWrite = loop.now
    if isStreaming { scheduleKeepAlive() }
  }

  /// Waits for an answer from now on, or until its client leaves.
  func wait(for delivery: Delivery) {
    self.delivery = delivery
    // Until the request is over, which may be after it was answered: it forgets this then.
    request.onAbandon = { [self] in abandon() }
  }

  /// Sends pieces of a streamed reply. Returns whether there is room for more; if not, `Delivery.resume` follows.
  func receive(_ deltas: [ReplyDelta], of answer: AnswerHead) -> Bool {
    var output: [UInt8] = []
    face.write(deltas, of: answer, to: &output)
    guard !output.isEmpty else { return true }
    hasReply = true
    let stream = open()
    write(output, to: stream)
    return !stream.isFull
  }

  /// Sends the answer, or what is left of it.
  func receive(_ answer: Answer) {
    endWaiting()
    guard case .reply(let reply, _) = answer.content else {
      return stream == nil ? request.respond(face.response(to: answer)) : end(answer)
    }
    guard isStreaming else { return request.respond(face.response(to: answer)) }
    if !hasReply { _ = receive(reply.deltas, of: answer.head) }
    end(answer)
  }

  /// Refuses the request.
  func refuse(_ error: APIError) {
    endWaiting()
    request.respond(face.response(to: error))
  }

  /// The client has gone.
  private func abandon() {
    let delivery = self.delivery
    endWaiting()
    delivery?.leave(self)
  }

  private func endWaiting() {
    loop.cancel(keepAliveTimer)
    delivery = nil
  }

  private func end(_ answer: Answer) {
    var output: [UInt8] = []
    face.finish(answer, to: &output)
    let stream = open()
    write(output, to: stream)
    stream.finish()
  }

  private func open() -> ResponseStream {
    if let stream { return stream }
    var head = Response(status: 200, contentType: "text/event-stream", body: [])
    head.fields.append(("Cache-Control", [UInt8]("no-cache")))
    let stream = request.respond(streaming: head)
    stream.onDrain = { [self] in delivery?.resume(self) }
    self.stream = stream
    return stream
  }

  private func write(_ output: [UInt8], to stream: ResponseStream) {
    lastWrite = loop.now
    stream.write(output.span)
  }

  /// One timer for all of a stream, rather than one more for each piece.
  private func scheduleKeepAlive() {
    keepAliveTimer = loop.schedule(at: lastWrite + Responder.silence) { [self] in
      if loop.now - lastWrite >= Responder.silence {
        var output: [UInt8] = []
        face.keepAlive(to: &output)
        write(output, to: open())
      }
      scheduleKeepAlive()
    }
  }
}
