import Bytes
import EventLoop
import Platform
import Testing
import TestSupport

@testable import HTTPClient

/// Responses that are passed on as they arrive.
@Suite struct StreamTests {
  /// What a receiver was given.
  final class Record: ResponseReceiver {
    let takesParts: Bool
    let onHead: () -> Void
    let onPart: () -> Void
    var heads: [ResponseHead] = []
    var types: [[UInt8]] = []
    var parts: [[UInt8]] = []
    var results: [TransferResult] = []
    var id: TransferID?

    var bytes: [UInt8] { parts.flatMap { $0 } }
    var count: Int { parts.reduce(0) { $0 + $1.count } }

    init(takesParts: Bool, onHead: @escaping () -> Void, onPart: @escaping () -> Void) {
      self.takesParts = takesParts
      self.onHead = onHead
      self.onPart = onPart
    }

    func receive(_ head: ResponseHead, contentType: Span<UInt8>) -> Bool {
      heads.append(head)
      types.append(contentType.copied)
      onHead()
      return takesParts
    }

    func receive(part: [UInt8]) {
      parts.append(part)
      onPart()
    }
  }

  private func start(
    _ fixture: Fixture, _ upstream: Upstream, inParts: Bool = true,
    onHead: @escaping () -> Void = {}, onPart: @escaping () -> Void = {}
  ) -> Record {
    let record = Record(takesParts: inParts, onHead: onHead, onPart: onPart)
    record.id = fixture.client.post(
      bytes("q"), to: upstream, fields: FieldLines(), receiver: record
    ) { record.results.append($0) }
    return record
  }

  static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"

  private func chunk(_ text: String) -> String {
    String(text.utf8.count, radix: 16) + "\r\n\(text)\r\n"
  }

  @Test func deliversPartsAsTheyCome() throws {
    let server = RawServer(
      .send(Self.head + "Transfer-Encoding: chunked\r\n\r\n"), .wait,
      .send(chunk("one") + chunk("two")), .wait, .send(chunk("three")), .wait, .send("0\r\n\r\n"),
      .receive, .send(response("ok")))
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port, bodyLimit: 4)
    let record = start(fixture, upstream)
    try fixture.turn { !record.heads.isEmpty }
    #expect(record.heads == [ResponseHead(status: 200)])
    #expect(record.types == [bytes("text/event-stream")])
    #expect(record.parts.isEmpty)
    server.proceed()
    try fixture.turn { record.count >= 6 }
    #expect(record.parts == [bytes("onetwo")], "what comes in a turn is one part")
    server.proceed()
    try fixture.turn { record.count >= 11 }
    #expect(record.results.isEmpty)
    server.proceed()
    try fixture.turn { !record.results.isEmpty }
    #expect(record.bytes == bytes("onetwothree"), "the limit is the receiver's")
    #expect(record.heads.count == 1)
    #expect(record.results[0].failure == nil && record.results[0].status == 200)
    #expect(record.results[0].body.isEmpty)

    let next = try fixture.post(to: upstream)
    #expect(next.body == bytes("ok"))
    #expect(server.connectionCount == 1, "the connection is used again")
  }

  @Test(arguments: [(100, nil), (4, TransferFailure.tooLarge)])
  func gathersTheBodyIfAskedTo(limit: Int, failure: TransferFailure?) throws {
    let server = RawServer(
      .send("HTTP/1.1 503 No\r\nRetry-After: 1\r\nContent-Length: 9\r\n\r\nabcde"), .wait,
      .send("fghi"))
    let fixture = try Fixture()
    let record = start(
      fixture, fixture.upstream(port: server.port, bodyLimit: limit), inParts: false)
    try fixture.turn { !record.heads.isEmpty }
    let isTooMuch = failure != nil
    #expect(
      record.heads == [ResponseHead(status: 503, announcesTooMuch: isTooMuch)])
    #expect(record.types == [[]])
    server.proceed()
    try fixture.turn { !record.results.isEmpty }
    #expect(record.parts.isEmpty)
    #expect(record.results[0].failure == failure)
    if failure == nil { #expect(record.results[0].body == bytes("abcdefghi")) }
  }

  /// Everything at once, and far more than is read before the receiver has decided.
  @Test(arguments: [true, false])
  func deliversALargeBody(inParts: Bool) throws {
    let body = (0..<300_000).map { "\($0) " }.joined()
    let server = RawServer(.send(response(body)))
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port, bodyLimit: 4 << 20)
    let record = start(fixture, upstream, inParts: inParts)
    try fixture.turn { !record.results.isEmpty }
    #expect(record.results[0].failure == nil)
    #expect((inParts ? record.bytes : record.results[0].body) == bytes(body))
    #expect(record.parts.allSatisfy { $0.count <= 32768 })
  }

  /// A response that ends before the first turn has seen any of it.
  @Test func deliversHeadPartsAndEndInOrder() throws {
    let server = RawServer(.send(Self.head + "Content-Length: 2\r\n\r\nok"))
    let fixture = try Fixture()
    let record = start(fixture, fixture.upstream(port: server.port))
    try fixture.turn { !record.results.isEmpty }
    #expect(record.heads.count == 1)
    #expect(record.parts == [bytes("ok")])
    let empty = start(
      fixture,
      fixture.upstream(port: RawServer(.send(Self.head + "Content-Length: 0\r\n\r\n")).port))
    try fixture.turn { !empty.results.isEmpty }
    #expect(empty.heads.count == 1 && empty.parts.isEmpty)
  }

  @Test func tellsAStreamThatIsCut() throws {
    let server = RawServer(
      .send(Self.head + "Transfer-Encoding: chunked\r\n\r\n" + "5\r\nhello\r\n"))
    let fixture = try Fixture()
    let record = start(fixture, fixture.upstream(port: server.port))
    try fixture.turn { !record.results.isEmpty }
    #expect(record.bytes == bytes("hello"))
    #expect(record.results[0].failure == .interrupted)
    let silent = start(fixture, fixture.upstream(port: RawServer().port))
    try fixture.turn { !silent.results.isEmpty }
    #expect(silent.heads.isEmpty && silent.results[0].failure == .interrupted)
  }

  // MARK: Pausing

  /// A paused transfer reads a little more, and then lets the backend wait.
  @Test func pausesAndGoesOn() throws {
    let body = (0..<1_500_000).map { "\($0) " }.joined()
    let server = RawServer(.send(response(body)))
    let fixture = try Fixture()
    let record = start(fixture, fixture.upstream(port: server.port))
    try fixture.turn { record.count > 0 }
    for round in 1...5 {
      fixture.client.pause(record.id!)
      let before = record.count
      for _ in 0..<30 { try fixture.loop.turn(waitingAtMost: .milliseconds(2)) }
      #expect(record.count == before, "nothing is delivered while paused")
      fixture.client.resume(record.id!)
      try fixture.turn { record.count >= min(body.utf8.count, before + 100_000 * round) }
    }
    try fixture.turn { !record.results.isEmpty }
    #expect(record.results[0].failure == nil)
    #expect(record.bytes == bytes(body))
    #expect(server.connectionCount == 1)
  }

  /// A receiver that pauses at every part.
  @Test func pausesFromWithin() throws {
    let body = (0..<50_000).map { "\($0) " }.joined()
    let server = RawServer(.send(response(body)))
    let fixture = try Fixture()
    let box = Box()
    box.record = start(fixture, fixture.upstream(port: server.port)) {
    } onPart: {
      fixture.client.pause(box.record!.id!)
      _ = fixture.loop.schedule(after: .milliseconds(1)) {
        fixture.client.resume(box.record!.id!)
      }
    }
    let record = box.record!
    try fixture.turn { !record.results.isEmpty }
    #expect(record.results[0].failure == nil)
    #expect(record.bytes == bytes(body))
    box.record = nil
  }

  /// What the backend sent before it closed is delivered, and then its closing.
  @Test func noticesTheEndAfterAPause() throws {
    let body = String(repeating: "x", count: 200_000)
    let server = RawServer(
      .send(Self.head + "\r\nfirst"), .wait, .send(body))
    let fixture = try Fixture()
    let record = start(fixture, fixture.upstream(port: server.port))
    try fixture.turn { record.count == 5 }
    fixture.client.pause(record.id!)
    server.proceed()
    for _ in 0..<20 { try fixture.loop.turn(waitingAtMost: .milliseconds(5)) }
    #expect(record.count == 5 && record.results.isEmpty)
    fixture.client.resume(record.id!)
    try fixture.turn { !record.results.isEmpty }
    #expect(record.count == 5 + body.utf8.count)
    #expect(record.results[0].failure == nil, "a body without a length ends with the connection")
  }

  /// If the body is gathered after all, it may be too large already, or with the bytes that libcurl
  /// kept back.
  @Test(arguments: [10_000, 20_000, 40_000])
  func tellsATooLargeBodyThatWasToBeStreamed(limit: Int) throws {
    let body = String(repeating: "x", count: 60_000)
    let server = RawServer(
      .send("HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n" + body), .hold)
    let fixture = try Fixture()
    let record = start(
      fixture, fixture.upstream(port: server.port, bodyLimit: limit), inParts: false)
    try fixture.turn { !record.results.isEmpty }
    #expect(record.results[0].failure == .tooLarge)
    #expect(record.parts.isEmpty)
  }

  @Test(arguments: ["head", "part", "pause"])
  func canBeCancelledAnywhere(place: String) throws {
    let body = String(repeating: "x", count: 1_000_000)
    let server = RawServer(.send(response(body)), .hold)
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    let box = Box()
    let cancel: () -> Void = { fixture.client.cancel(box.record!.id!) }
    box.record = start(fixture, upstream) {
      if place == "head" { cancel() }
    } onPart: {
      if place == "part" { cancel() }
      fixture.client.pause(box.record!.id!)
    }
    let record = box.record!
    try fixture.turn { !record.heads.isEmpty }
    for _ in 0..<10 { try fixture.loop.turn(waitingAtMost: .milliseconds(2)) }
    if place == "pause" { cancel() }
    try fixture.turn { server.ended.count == 1 }
    #expect(record.results.isEmpty)
    #expect(record.parts.count == (place == "head" ? 0 : 1))
    fixture.client.resume(record.id!)
    box.record = nil
  }

  /// Lets a receiver refer to the transfer that it belongs to.
  final class Box {
    var record: Record?
  }
}
