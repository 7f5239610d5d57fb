import EventLoop
import Platform
import Testing
import TestSupport

@testable import HTTPClient

/// Kept connections that turn out to have ended when they are used again.
@Suite struct KeptConnectionTests {
  private static let endings: [[RawServer.Step]] = [
    // Closed after the request, as by a backend that was just about to close it.
    [.receive],
    // Reset by the request, as by a backend that was restarted.
    [.receive, .reset],
  ]

  /// Every request is answered, although each kept connection ends with its next request.
  @Test(arguments: endings) func sendsTheRequestAgain(ending: [RawServer.Step]) throws {
    let server = RawServer { connection in
      connection < 16 ? [.wait, .send(response("old"))] + ending : [.send(response("new")), .hold]
    }
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    for body in ["old", "new"] {
      var results: [TransferResult] = []
      for number in 0..<16 {
        _ = fixture.client.post(bytes("\(body) \(number)"), to: upstream, fields: FieldLines()) {
          results.append($0)
        }
      }
      try fixture.turn { body == "new" || server.requestCount == 16 }
      for _ in 0..<16 where body == "old" { server.proceed() }
      try fixture.turn { results.count == 16 }
      #expect(results.allSatisfy { $0.failure == nil && $0.body == bytes(body) })
    }
    #expect(server.connectionCount == 32)
    // Some idle ones were dropped before they were used.
    #expect(33...48 ~= server.requestCount)
  }

  /// A stream is sent again like any other request.
  @Test(arguments: endings) func sendsTheRequestOfAStreamAgain(ending: [RawServer.Step]) throws {
    let server = RawServer { connection in
      connection == 0 ? [.send(response("old"))] + ending : [.send(response("new")), .hold]
    }
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    _ = try fixture.post(to: upstream)
    let record = StreamRecord()
    record.id = fixture.client.post(
      bytes("x"), to: upstream, fields: FieldLines(), receiver: record
    ) { record.result = $0 }
    try fixture.turn { record.result != nil }
    #expect(record.result?.failure == nil && record.body == bytes("new"))
    #expect(record.heads == 1)
  }

  /// The connection ends in the middle of a long request.
  @Test func sendsALongRequestAgain() throws {
    let server = RawServer { connection in
      connection == 0
        ? [.send(response("old")), .answerAtOnce(""), .reset] : [.send(response("new")), .hold]
    }
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    #expect(try fixture.post(to: upstream).body == bytes("old"))
    let long = String(repeating: "x", count: 4_000_000)
    #expect(try fixture.post(long, to: upstream).body == bytes("new"))
    fixture.client.close()
    try fixture.turn { server.ended.count == 2 }
    #expect(server.ended[1].requests[0].hasSuffix(long))
  }

  /// The other idle connections have probably ended, too, and are not used again.
  @Test(arguments: endings) func dropsTheOtherIdleConnections(ending: [RawServer.Step]) throws {
    let server = RawServer { connection in
      connection < 3 ? [.wait, .send(response("old"))] + ending : [.send(response("new")), .hold]
    }
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    var count = 0
    for _ in 0..<3 {
      _ = fixture.client.post([], to: upstream, fields: FieldLines()) { _ in count += 1 }
    }
    try fixture.turn { server.requestCount == 3 }
    for _ in 0..<3 { server.proceed() }
    try fixture.turn { count == 3 }
    #expect(try fixture.post(to: upstream).body == bytes("new"))
    try fixture.turn { server.ended.count == 3 }
    // One of them came again on a kept connection.
    #expect(server.ended.map { $0.requests.count }.sorted() == [1, 1, 2])
    #expect(server.connectionCount == 4)
  }

  /// A request is sent twice at most, because it may itself end the connections.
  @Test(arguments: endings) func sendsNothingThreeTimes(ending: [RawServer.Step]) throws {
    let server = RawServer { connection in
      connection == 0 ? [.send(response("old"))] + ending : Array(ending.dropFirst())
    }
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    #expect(try fixture.post(to: upstream).body == bytes("old"))
    #expect(try fixture.post(to: upstream).failure == .interrupted)
    #expect(server.requestCount == 3)
  }

  /// A new connection that ends says something about the backend, and so does a part of a response.
  @Test func sendsNothingTwiceWithoutNeed() throws {
    let fixture = try Fixture()
    let dead = RawServer()
    let result = try fixture.post(to: fixture.upstream(port: dead.port))
    #expect(result.failure == .interrupted)
    #expect(dead.requestCount == 1)
    let cut = RawServer(.send(response("old")), .receive, .send("HTTP/1.1 200 OK\r\nCont"))
    let upstream = fixture.upstream(port: cut.port)
    #expect(try fixture.post(to: upstream).body == bytes("old"))
    #expect(try fixture.post(to: upstream).failure == .interrupted)
    #expect(cut.requestCount == 2)
  }

  /// A response that comes while the request is being sent, to a receiver that pauses: libcurl has not
  /// asked for the socket then, but uses it.
  @Test func sparesAConnectionThatWasNeverAskedFor() throws {
    let long = String(repeating: "x", count: 100_000)
    let server = RawServer { _ in
      [.send(response("short"))]
        + [RawServer.Step](repeating: .answerAtOnce(response(long)), count: 25)
    }
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    _ = try fixture.post(to: upstream)
    for _ in 0..<25 {
      let record = StreamRecord()
      record.id = fixture.client.post(
        bytes("x"), to: upstream, fields: FieldLines(), receiver: record
      ) { record.result = $0 }
      record.onPart = { if record.parts == 1 { fixture.client.pause(record.id!) } }
      var turns = 0
      try fixture.turn {
        turns += 1
        if turns % 3 == 0 { fixture.client.resume(record.id!) }
        return record.result != nil
      }
      try #require(record.result?.failure == nil && record.body.count == long.utf8.count)
    }
    #expect(server.connectionCount == 1)
  }
}

/// What the receiver of a stream was given, and the result.
private final class StreamRecord: ResponseReceiver {
  var heads = 0
  var parts = 0
  var body: [UInt8] = []
  var result: TransferResult?
  var id: TransferID?
  var onPart: () -> Void = {}

  func receive(_ head: ResponseHead, contentType: Span<UInt8>) -> Bool {
    heads += 1
    return true
  }

  func receive(part: [UInt8]) {
    body += part
    parts += 1
    onPart()
  }
}
