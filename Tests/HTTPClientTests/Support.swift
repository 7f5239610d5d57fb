import Bytes
import EventLoop
import Platform
import Testing
import TestSupport

@testable import HTTPClient

/// A whole response with a body.
func response(_ body: String, status: String = "200 OK") -> String {
  "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

/// A client on a loop of its own, closed at the end.
final class Fixture {
  let loop: EventLoop
  let client: HTTPClient

  init(keptConnections: Int = 16) throws {
    loop = try EventLoop()
    client = HTTPClient(on: loop, keptConnections: keptConnections)
  }

  deinit {
    client.close()
  }

  /// An upstream at a server of the test.
  func upstream(
    port: UInt16, fields: [String] = [], bodyLimit: Int = 1 << 20, connectTimeout: Int = 5000
  ) -> Upstream {
    Upstream(
      Upstream.Settings(
        url: bytes("http://127.0.0.1:\(port)/hook?q=1"), fields: fields.map(bytes),
        connectTimeoutMilliseconds: connectTimeout, authorityFile: nil, bodyLimit: bodyLimit))
  }

  /// Posts and waits for the result.
  func post(
    _ body: String = "hello", to upstream: Upstream, fields: FieldLines = FieldLines()
  ) throws -> TransferResult {
    var results: [TransferResult] = []
    _ = client.post(bytes(body), to: upstream, fields: fields) { results.append($0) }
    try turn { !results.isEmpty }
    #expect(results.count == 1)
    return try #require(results.first)
  }

  /// Turns the loop until a condition holds, for at most ten seconds.
  func turn(until isDone: () -> Bool) throws {
    let deadline = Instant.now + .seconds(10)
    while !isDone() {
      try #require(Instant.now < deadline, "nothing came of it within ten seconds")
      try loop.turn(waitingAtMost: .milliseconds(20))
    }
  }
}

extension HTTPClient {
  /// Posts a copy of `body`.
  func post(
    _ body: [UInt8], to upstream: Upstream, fields: FieldLines,
    receiver: (any ResponseReceiver)? = nil,
    completion: @escaping (TransferResult) -> Void
  ) -> TransferID {
    let buffer = ByteBuffer(capacity: 1)
    buffer.append(body.span)
    return post(buffer, to: upstream, fields: fields, receiver: receiver, completion: completion)
  }
}
