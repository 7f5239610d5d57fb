import Bytes
import EventLoop
import HTTPClient
import Platform
import TestSupport

@testable import HTTPClient

/// Backends that answer by a script, on the loop's own clock.
final class FakeBackends: BackendClient {
  /// What a backend does with a request: it answers after some time, or never.
  struct Act {
    /// `nil`: never.
    var delay: TimeSpan?
    var result: TransferResult
    /// The pieces of a stream before it, if a stream was asked for, each with its own wait.
    var pieces: [(wait: TimeSpan, text: String)] = []
  }

  /// Decides about each request by its URL.
  var script: (String) -> Act = { _ in preconditionFailure("a backend was asked without a script") }
  /// The number of requests to each URL.
  private(set) var askedCounts: [String: Int] = [:]
  /// Requests that are neither answered nor cancelled.
  private(set) var running: [UInt32: TimerID?] = [:]

  private let loop: EventLoop
  private var lastTicket: UInt32 = 0
  /// Stands for all transfers: a request is known by its ticket.
  private let transfer: Transfer

  init(on loop: EventLoop) {
    self.loop = loop
    let upstream = Upstream(
      Upstream.Settings(
        url: bytes("http://127.0.0.1/"), fields: [], connectTimeoutMilliseconds: 1,
        authorityFile: nil, bodyLimit: 1))
    transfer = Transfer(
      for: upstream, onSocketWanted: { _, _, _ in -1 }, onSocketClosed: { _, _ in 0 },
      client: UnsafeMutableRawPointer(bitPattern: 1)!)
  }

  func post(
    _ body: ByteBuffer, to upstream: Upstream, fields: FieldLines,
    receiver: (any ResponseReceiver)?,
    completion: @escaping (TransferResult) -> Void
  ) -> TransferID {
    post(body, in: nil, to: upstream, fields: fields, receiver: receiver, completion: completion)
  }

  func post(
    _ body: ByteBuffer, in frame: BodyFrame?, to upstream: Upstream, fields: FieldLines,
    receiver: (any ResponseReceiver)?,
    completion: @escaping (TransferResult) -> Void
  ) -> TransferID {
    let url = text(upstream.settings.url)
    askedCounts[url, default: 0] += 1
    lastTicket += 1
    let ticket = lastTicket
    let act = script(url)
    running[ticket] = .some(nil)
    guard let receiver, !act.pieces.isEmpty else {
      after(act.delay, ticket) { [self] in
        running[ticket] = nil
        completion(act.result)
      }
      return TransferID(transfer: transfer, generation: ticket)
    }
    let type = bytes("text/event-stream")
    let isTaken = receiver.receive(ResponseHead(status: 200), contentType: type.span)
    precondition(isTaken, "a stream is taken as one")
    send(act.pieces[...], ticket, to: receiver) { [self] in
      after(act.delay, ticket) { [self] in
        running[ticket] = nil
        completion(act.result)
      }
    }
    return TransferID(transfer: transfer, generation: ticket)
  }

  private func send(
    _ pieces: ArraySlice<(wait: TimeSpan, text: String)>, _ ticket: UInt32,
    to receiver: any ResponseReceiver, then end: @escaping () -> Void
  ) {
    guard let piece = pieces.first else { return end() }
    after(piece.wait, ticket) { [self] in
      receiver.receive(part: bytes(piece.text))
      // The receiver of it may have cancelled.
      if running[ticket] != nil { send(pieces.dropFirst(), ticket, to: receiver, then: end) }
    }
  }

  private func after(_ wait: TimeSpan?, _ ticket: UInt32, _ action: @escaping () -> Void) {
    running[ticket] = .some(wait.map { loop.schedule(after: $0, action) })
  }

  func cancel(_ id: TransferID) {
    if let timer = running.removeValue(forKey: id.generation) { loop.cancel(timer) }
  }

  func progress(of id: TransferID) -> TransferProgress { TransferProgress() }

  /// The number of paused transfers. Their events arrive nevertheless.
  var pausedCount: Int { paused.count }
  private var paused: Set<UInt32> = []

  func pause(_ id: TransferID) { paused.insert(id.generation) }

  func resume(_ id: TransferID) { paused.remove(id.generation) }

  func close() {}
}

extension TransferResult {
  /// An answer with a status and a body.
  static func answer(
    _ status: Int, _ body: String = "{}", retryAfter: TimeSpan? = nil
  ) -> TransferResult {
    TransferResult(
      failure: nil, status: status, body: bytes(body), retryAfter: retryAfter,
      timings: TransferTimings(), detail: "")
  }

  /// No answer.
  static func failure(_ failure: TransferFailure) -> TransferResult {
    TransferResult(
      failure: failure, status: 0, body: [], timings: TransferTimings(), detail: "")
  }
}
