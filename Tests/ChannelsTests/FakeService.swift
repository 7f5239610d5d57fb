import Bytes
import JSON
import Platform
import TestSupport

@testable import HTTPClient

/// A channel's service, which answers when the test says so.
final class FakeService: BackendClient {
  /// A request that is not answered yet, or was.
  final class Call {
    let url: String
    let body: JSONValue?
    fileprivate let ticket: UInt32
    fileprivate var completion: ((TransferResult) -> Void)?

    fileprivate init(
      _ url: String, _ body: JSONValue?, _ ticket: UInt32,
      _ completion: @escaping (TransferResult) -> Void
    ) {
      self.url = url
      self.body = body
      self.ticket = ticket
      self.completion = completion
    }

    /// The last part of the URL.
    var method: String { url.split(separator: "/").last.map(String.init) ?? "" }

    /// Whether it is neither answered nor cancelled.
    var isOpen: Bool { completion != nil }

    func integer(_ name: StaticString) -> Int? { body?[name]?.integer }

    func string(_ name: StaticString) -> String? { body?[name]?.string.map { text($0) } }

    func answer(_ status: Int, _ body: String, retryAfter: TimeSpan? = nil) {
      end(
        TransferResult(
          failure: nil, status: status, body: bytes(body), retryAfter: retryAfter,
          timings: TransferTimings(), detail: ""))
    }

    func fail(_ failure: TransferFailure) {
      end(
        TransferResult(
          failure: failure, status: 0, body: [], timings: TransferTimings(), detail: ""))
    }

    private func end(_ result: TransferResult) {
      let completion = completion
      self.completion = nil
      completion?(result)
    }

    fileprivate func cancel() { completion = nil }
  }

  private(set) var calls: [Call] = []
  private var lastTicket: UInt32 = 0
  /// Stands for all transfers: a request is known by its ticket.
  private let transfer: Transfer

  init() {
    let upstream = Upstream(
      Upstream.Settings(
        url: bytes("http://127.0.0.1/"), fields: [], connectTimeoutMilliseconds: 1,
        authorityFile: nil, bodyLimit: 1))
    transfer = Transfer(
      for: upstream, onSocketWanted: { _, _, _ in -1 }, onSocketClosed: { _, _ in 0 },
      client: UnsafeMutableRawPointer(bitPattern: 1)!)
  }

  /// The calls of a method, or of a file.
  func calls(of method: String) -> [Call] { calls.filter { $0.method == method } }

  /// The calls that wait for their answer.
  var open: [Call] { calls.filter { $0.isOpen } }

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
    lastTicket += 1
    let document = try? JSONDocument(body.span.copied)
    calls.append(Call(text(upstream.settings.url), document?.root, lastTicket, completion))
    return TransferID(transfer: transfer, generation: lastTicket)
  }

  func cancel(_ id: TransferID) {
    calls.first { $0.ticket == id.generation }?.cancel()
  }

  func progress(of id: TransferID) -> TransferProgress { TransferProgress() }

  func pause(_ id: TransferID) {}

  func resume(_ id: TransferID) {}

  func close() {}
}
