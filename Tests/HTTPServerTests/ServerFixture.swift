import Bytes
import EventLoop
import Foundation
import Platform
import Testing
import TestSupport

@testable import HTTPServer

/// A server on a loop of its own, whose application passes every request to the test.
final class ServerFixture: RequestHandler {
  let loop: EventLoop
  let server: HTTPServer
  private(set) var port: UInt16 = 0
  private let handle: (Request) -> Void

  init(idleTimeout: TimeSpan = .seconds(60), handle: @escaping (Request) -> Void) throws {
    self.handle = handle
    loop = try EventLoop()
    server = HTTPServer(
      HTTPServer.Settings(
        connectionLimit: 64, connectionLimitPerAddress: 0, idleTimeout: idleTimeout,
        requestTimeout: .seconds(10), tls: nil), on: loop, random: RandomSource())
    server.handler = self
    let address = try server.listen(at: SocketAddress(.loopback, port: 0)).address
    port = address.port!
    try server.start()
  }

  /// Ends the server: it keeps its application, which this is, until then.
  func close() {
    server.close()
    loop.close()
  }

  func admit(_ request: Request) -> Admission { .receiveBody(limit: 1000, handle: handle) }

  func response(to refusal: Refusal, of request: Request?) -> Response {
    Response(status: 400, contentType: "text/plain", body: bytes("refused"))
  }

  /// Turns the loop until a condition holds, for at most ten seconds.
  func turn(until isDone: () -> Bool) throws {
    let deadline = Instant.now + .seconds(10)
    while !isDone() {
      try #require(Instant.now < deadline, "nothing came of it within ten seconds")
      try loop.turn(waitingAtMost: .milliseconds(10))
    }
  }

  /// Turns the loop that many times.
  func turn(times: Int) throws {
    for _ in 0..<times { try loop.turn(waitingAtMost: .milliseconds(2)) }
  }
}

/// A client of raw bytes, which never waits.
final class RawClient {
  let descriptor: Int32
  /// The bytes that have arrived and were fetched.
  private(set) var received = ""
  /// Whether the server has closed or reset the connection.
  private(set) var hasEnded = false

  init(port: UInt16) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    precondition(result == 0)
  }

  deinit { end() }

  func end() {
    if !isClosed { Foundation.close(descriptor) }
    isClosed = true
  }
  private var isClosed = false

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Fetches the bytes that have arrived, at most `limit`.
  func fetch(_ limit: Int = 1 << 20) {
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = recv(descriptor, &buffer, limit, Int32(MSG_DONTWAIT))
    if count == 0 || count < 0 && errno != EAGAIN { hasEnded = true }
    if count > 0 { received += String(decoding: buffer[..<count], as: UTF8.self) }
  }

  /// Forgets the fetched bytes.
  func forget() { received = "" }

  /// The fetched header section, and the bytes after it.
  var parts: (head: String, rest: String)? {
    guard let end = received.firstRange(of: "\r\n\r\n") else { return nil }
    return (String(received[..<end.lowerBound]), String(received[end.upperBound...]))
  }

  /// The fetched chunks, one by one; the last one is "".
  var chunks: [String] {
    var rest = Substring(parts?.rest ?? "")
    var chunks: [String] = []
    while let end = rest.firstRange(of: "\r\n"), let size = Int(rest[..<end.lowerBound], radix: 16),
      rest[end.upperBound...].utf8.count >= size + 2
    {
      let data = rest[end.upperBound...].utf8
      chunks.append(String(data.prefix(size))!)
      rest = rest[data.index(data.startIndex, offsetBy: size + 2)...]
    }
    return chunks
  }
}
