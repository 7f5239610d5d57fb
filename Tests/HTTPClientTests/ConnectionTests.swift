import EventLoop
import Platform
import Testing
import TestSupport

@testable import HTTPClient

/// Connections and transfers over time.
@Suite struct ConnectionTests {
  @Test func keepsAConnectionForTheNextRequest() throws {
    let server = RawServer(
      .send(response("one")), .receive, .send(response("two")), .receive,
      .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nthree\r\n0\r\n\r\n"), .hold)
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    for text in ["one", "two", "three"] {
      let result = try fixture.post(text, to: upstream)
      #expect(result.failure == nil && result.body == bytes(text))
    }
    #expect(server.connectionCount == 1)
    #expect(server.requestCount == 3)
  }

  /// The server closes the connection between two requests; the second request must not fail for
  /// that.
  @Test func opensAnotherWhereTheOldOneIsClosed() throws {
    let server = RawServer(.send(response("ok")))
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    for count in 1...3 {
      let result = try fixture.post(to: upstream)
      #expect(result.failure == nil && result.body == bytes("ok"))
      #expect(server.connectionCount == count)
      try fixture.turn { server.ended.count == count }
    }
  }

  /// An answer that comes before its request is not taken as the answer to the next one, whether it
  /// comes with the previous answer or on its own.
  @Test(arguments: [false, true]) func givesUpAConnectionOnWhichTooMuchCame(later: Bool) throws {
    let server = RawServer { connection in
      guard connection == 0 else { return [.send(response("two"))] }
      let poison = response("poison")
      return later
        ? [.send(response("one")), .wait, .send(poison), .hold]
        : [.send(response("one") + poison), .hold]
    }
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    #expect(try fixture.post(to: upstream).body == bytes("one"))
    server.proceed()
    try fixture.turn { server.ended.count == 1 }
    #expect(server.ended[0].wasEndedByClient)
    #expect(try fixture.post(to: upstream).body == bytes("two"))
    #expect(server.connectionCount == 2)
  }

  /// 0.0.0.0 is the address of this host, as far as the kernel is concerned.
  @Test(arguments: [
    ("0.0.0.0", true, TransferFailure.addressRefused), ("0.0.0.0", false, nil),
    ("127.0.0.1", true, nil), ("127.0.0.1", false, nil),
  ])
  func refusesAddressesOfTheHostAlone(
    host: String, refusesHostOnly: Bool, failure: TransferFailure?
  ) throws {
    let server = RawServer(.send(response("ok")))
    let fixture = try Fixture()
    let upstream = Upstream(
      Upstream.Settings(
        url: bytes("http://\(host):\(server.port)/"), fields: [], connectTimeoutMilliseconds: 5000,
        authorityFile: nil, bodyLimit: 1024, refusesHostOnly: refusesHostOnly))
    #expect(try fixture.post(to: upstream).failure == failure)
    #expect((server.connectionCount == 0) == (failure != nil))
  }

  @Test func cancelClosesTheConnection() throws {
    let server = RawServer(.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), .hold)
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    let transfer = fixture.client.post(bytes("x"), to: upstream, fields: FieldLines()) { _ in
      Issue.record("a cancelled transfer was completed")
    }
    try fixture.turn { server.requestCount == 1 }
    #expect(server.ended.isEmpty)
    fixture.client.cancel(transfer)
    try fixture.turn { server.ended.count == 1 }
    #expect(server.ended[0].wasEndedByClient)
    fixture.client.cancel(transfer)
  }

  /// An old name does not stand for the transfer that uses the same handle now.
  @Test func aStaleNameCancelsNothing() throws {
    let server = RawServer(.send(response("ok")))
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    var results: [TransferResult] = []
    let first = fixture.client.post([], to: upstream, fields: FieldLines()) { results.append($0) }
    try fixture.turn { results.count == 1 && server.ended.count == 1 }
    let second = fixture.client.post([], to: upstream, fields: FieldLines()) { results.append($0) }
    fixture.client.cancel(first)
    try fixture.turn { results.count == 2 }
    #expect(first.transfer === second.transfer)
    #expect(results[1].failure == nil)
  }

  @Test func completionsMayStartAndCancelTransfers() throws {
    let server = RawServer { connection in
      connection == 0 ? [.hold] : [.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok")]
    }
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    let held = fixture.client.post([], to: upstream, fields: FieldLines()) { _ in
      Issue.record("a cancelled transfer was completed")
    }
    try fixture.turn { server.requestCount == 1 }
    var results: [TransferResult] = []
    func next() {
      _ = fixture.client.post([], to: upstream, fields: FieldLines()) { result in
        results.append(result)
        if results.count == 2 { fixture.client.cancel(held) }
        if results.count < 4 { next() }
      }
    }
    next()
    #expect(results.isEmpty, "completed in a later turn")
    try fixture.turn { results.count == 4 && server.ended.count == 5 }
    #expect(results.allSatisfy { $0.failure == nil && $0.body == bytes("ok") })
    #expect(server.ended.contains { $0.wasEndedByClient })
  }

  @Test func carriesTwoHundredAtOnce() throws {
    let server = RawServer(
      .send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"), .send("cd"))
    let fixture = try Fixture(keptConnections: 200)
    let upstream = fixture.upstream(port: server.port)
    var results: [TransferResult] = []
    for number in 0..<200 {
      _ = fixture.client.post(bytes("\(number)"), to: upstream, fields: FieldLines()) {
        results.append($0)
      }
    }
    try fixture.turn { results.count == 200 && server.ended.count == 200 }
    #expect(results.allSatisfy { $0.failure == nil && $0.body == bytes("abcd") })
    let bodies = server.ended.map { $0.requests[0].split(separator: "\r\n\r\n")[1] }
    #expect(Set(bodies) == Set((0..<200).map { Substring("\($0)") }))
  }

  @Test func givesUpConnectingInTime() throws {
    // The backlog is full: the kernel answers no further attempt.
    let listener = FullListener()
    let fixture = try Fixture()
    let start = Instant.now
    let result = try fixture.post(to: fixture.upstream(port: listener.port, connectTimeout: 100))
    #expect(result.failure == .connectFailed)
    #expect(Instant.now - start >= .milliseconds(95))
    #expect(Instant.now - start < .seconds(5))
  }

  /// Ends all transfers and connections, and nothing of the client is called afterwards.
  @Test func endsEverythingWhenItIsClosed() throws {
    let server = RawServer(.hold)
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    weak var held: HTTPClient?
    do {
      let client = HTTPClient(on: fixture.loop, keptConnections: 4)
      held = client
      // The second transfer has only just begun: its deferred work finds the client closed.
      for count in 0...1 {
        _ = client.post([], to: upstream, fields: FieldLines()) { _ in
          Issue.record("a transfer of a closed client was completed")
        }
        if count == 0 { try fixture.turn { server.requestCount == 1 } }
      }
      client.close()
      client.close()
    }
    try fixture.loop.turn(waitingAtMost: .milliseconds(0))
    #expect(held == nil)
    try fixture.turn { server.ended.count >= 1 }
    #expect(server.ended[0].wasEndedByClient)
  }

  @Test func canBeClosedByACompletion() throws {
    let server = RawServer(.send(response("ok")))
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    var count = 0
    for _ in 0..<5 {
      _ = fixture.client.post([], to: upstream, fields: FieldLines()) {
        [client = fixture.client] _ in
        count += 1
        client.close()
      }
    }
    try fixture.turn { count > 0 }
    for _ in 0..<3 { try fixture.loop.turn(waitingAtMost: .milliseconds(5)) }
    #expect(count == 1)
  }
}
