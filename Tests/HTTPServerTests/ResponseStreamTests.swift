import EventLoop
import Platform
import Testing
import TestSupport

@testable import HTTPServer

/// Answers that are written in pieces.
@Suite struct ResponseStreamTests {
  static let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
  static var head: Response {
    Response(status: 200, contentType: "text/event-stream", body: [])
  }

  /// What a test does with the only request that it expects.
  final class Exchange {
    var request: Request?
    var stream: ResponseStream?
    var abandoned = 0
    var drained = 0

    func begin(_ request: Request) {
      self.request = request
      request.onAbandon = { [unowned self] in abandoned += 1 }
      stream = request.respond(streaming: ResponseStreamTests.head)
      stream!.onDrain = { [unowned self] in drained += 1 }
    }
  }

  private func start(
    _ exchange: Exchange, _ text: String = post, idleTimeout: TimeSpan = .seconds(60)
  ) throws -> (ServerFixture, RawClient) {
    let fixture = try ServerFixture(idleTimeout: idleTimeout) { exchange.begin($0) }
    let client = RawClient(port: fixture.port)
    client.send(text)
    try fixture.turn { exchange.stream != nil }
    return (fixture, client)
  }

  private func write(_ text: String, to exchange: Exchange) {
    let text = bytes(text)
    exchange.stream!.write(text.span)
  }

  @Test func sendsWhatIsWrittenAtOnce() throws {
    let exchange = Exchange()
    let (fixture, client) = try start(exchange)
    defer { fixture.close() }
    try fixture.turn {
      client.fetch()
      return client.parts != nil
    }
    let lines = client.parts!.head.split(separator: "\r\n")
    #expect(lines[0] == "HTTP/1.1 200 OK")
    for line in ["Transfer-Encoding: chunked", "Content-Type: text/event-stream"] {
      #expect(lines.contains(Substring(line)))
    }
    #expect(client.parts!.rest.isEmpty)

    write("one", to: exchange)
    try fixture.loop.turn(waitingAtMost: .milliseconds(0))
    try fixture.loop.turn(waitingAtMost: .milliseconds(0))
    client.fetch()
    #expect(client.chunks == ["one"], "within the turn")
    for word in ["two", "three", "", "four"] { write(word, to: exchange) }
    try fixture.turn {
      client.fetch()
      return client.chunks.count > 1
    }
    #expect(client.chunks == ["one", "twothreefour"], "what is written in a turn is one chunk")

    write("five", to: exchange)
    exchange.stream!.finish()
    write("six", to: exchange)
    exchange.stream!.abort()
    try fixture.turn {
      client.fetch()
      return client.chunks.last == ""
    }
    #expect(client.chunks == ["one", "twothreefour", "five", ""])
    #expect(!client.hasEnded && exchange.abandoned == 0)

    // The connection serves another request.
    exchange.stream = nil
    client.forget()
    client.send(Self.post)
    try fixture.turn { exchange.stream != nil }
    exchange.stream!.finish()
    try fixture.turn {
      client.fetch()
      return client.chunks == [""]
    }
    #expect(!client.hasEnded)
  }

  /// A stream that begins in a later turn than its request.
  @Test func beginsLater() throws {
    var request: Request?
    let fixture = try ServerFixture { request = $0 }
    defer { fixture.close() }
    let client = RawClient(port: fixture.port)
    client.send(Self.post)
    try fixture.turn { request != nil }
    try fixture.turn(times: 5)
    let stream = request!.respond(streaming: Self.head)
    stream.write(bytes("x").span)
    stream.finish()
    try fixture.turn {
      client.fetch()
      return client.chunks == ["x", ""]
    }
  }

  /// A broken body has no last chunk; what was written before is there.
  @Test func abortIsSeen() throws {
    let exchange = Exchange()
    let (fixture, client) = try start(exchange)
    defer { fixture.close() }
    write("one", to: exchange)
    exchange.stream!.abort()
    try fixture.turn {
      client.fetch()
      return client.hasEnded
    }
    #expect(client.chunks == ["one"])
    #expect(exchange.abandoned == 0)
  }

  @Test func endsWithTheConnectionForHTTP10() throws {
    let exchange = Exchange()
    let (fixture, client) = try start(exchange, "POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
    defer { fixture.close() }
    let long = String(repeating: "0123456789", count: 5000)
    write("one", to: exchange)
    try fixture.turn {
      client.fetch()
      return client.parts?.rest == "one"
    }
    write("two" + long, to: exchange)
    exchange.stream!.finish()
    try fixture.turn {
      client.fetch()
      return client.hasEnded
    }
    #expect(client.parts?.rest == "onetwo" + long)
    #expect(client.parts?.head.contains("chunked") == false)
    #expect(exchange.abandoned == 0)
  }

  @Test func theAnswerToHEADHasNoBody() throws {
    let exchange = Exchange()
    let (fixture, client) = try start(exchange, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
    defer { fixture.close() }
    try fixture.turn {
      client.fetch()
      return client.parts != nil && exchange.abandoned == 1
    }
    write("x", to: exchange)
    exchange.stream!.finish()
    try fixture.turn(times: 5)
    client.fetch()
    #expect(client.parts!.rest == "")
  }

  // MARK: Clients that leave or do not read

  @Test(arguments: [false, true])
  func tellsThatTheClientHasLeft(inTheMiddle: Bool) throws {
    let exchange = Exchange()
    let (fixture, client) = try start(exchange)
    defer { fixture.close() }
    if inTheMiddle {
      write("x", to: exchange)
      try fixture.turn(times: 5)
    }
    client.end()
    try fixture.turn { exchange.abandoned > 0 }
    write("y", to: exchange)
    exchange.stream!.finish()
    exchange.stream!.abort()
    try fixture.turn(times: 5)
    #expect(exchange.abandoned == 1)
  }

  /// The producer is told to wait when the client's and the kernel's buffers are full, and when to
  /// continue.
  @Test func tellsThatTheClientIsSlow() throws {
    let exchange = Exchange()
    let (fixture, client) = try start(exchange)
    defer { fixture.close() }
    let stream = exchange.stream!
    let piece = String(repeating: "0123456789abcdef", count: 64)
    var written = 0
    while !stream.isFull, written < 100 << 20 {
      for _ in 0..<8 { write(piece, to: exchange) }
      written += 8 * piece.utf8.count
      try fixture.turn(times: 1)
    }
    #expect(stream.isFull && exchange.drained == 0)
    #expect((16384..<16384 + 8192 + 1024).contains(stream.bufferedCount))

    // The client reads again: there is room.
    try fixture.turn {
      client.fetch()
      return exchange.drained == 1
    }
    #expect(stream.bufferedCount <= 4096)
    stream.finish()
    try fixture.turn {
      client.fetch()
      return client.received.hasSuffix("0\r\n\r\n")
    }
    #expect(client.chunks.reduce(0) { $0 + $1.utf8.count } == written)
    #expect(exchange.abandoned == 0)
  }

  /// A stream that is never quite drained keeps only unsent bytes. (HTTP/1.0 is sent in small
  /// blocks.)
  @Test func whatIsSentIsForgotten() throws {
    let exchange = Exchange()
    let (fixture, client) = try start(exchange, "POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
    defer { fixture.close() }
    let stream = exchange.stream!
    let piece = String(repeating: "x", count: 5000)
    var pieces = 0
    while pieces < 200 {
      while !stream.isFull {
        write(piece, to: exchange)
        pieces += 1
      }
      #expect(stream.storedCount < 48 * 1024)
      try fixture.turn(times: 1)
      client.fetch()
    }
    stream.finish()
    try fixture.turn {
      client.fetch()
      return client.hasEnded
    }
    #expect(client.parts?.rest == String(repeating: piece, count: pieces))
  }

  @Test func dropsAClientThatDoesNotRead() throws {
    let exchange = Exchange()
    let (fixture, client) = try start(exchange, idleTimeout: .seconds(1))
    defer { fixture.close() }
    let long = String(repeating: "x", count: 16 << 20)
    let start = Instant.now
    write(long, to: exchange)
    try fixture.turn { exchange.abandoned > 0 }
    #expect(Instant.now - start > .milliseconds(900))
    exchange.stream!.finish()
    try fixture.turn {
      client.fetch()
      return client.hasEnded
    }
    #expect(exchange.abandoned == 1)
  }

  /// The producer may be silent: the client of a stream without anything to send is not idle.
  @Test func aSilentStreamIsNotIdle() throws {
    let exchange = Exchange()
    let (fixture, client) = try start(exchange, idleTimeout: .seconds(1))
    defer { fixture.close() }
    let end = Instant.now + .milliseconds(1500)
    while Instant.now < end { try fixture.loop.turn(waitingAtMost: .milliseconds(100)) }
    write("x", to: exchange)
    exchange.stream!.finish()
    try fixture.turn {
      client.fetch()
      return client.chunks == ["x", ""]
    }
    #expect(exchange.abandoned == 0)
  }

  /// A large piece, such as a whole reply, is passed on unchanged, whatever waits before it.
  @Test func takesLargePieces() throws {
    let exchange = Exchange()
    let (fixture, client) = try start(exchange)
    defer { fixture.close() }
    let long = (0..<200_000).map { "\($0) " }.joined()
    write("a", to: exchange)
    write(long, to: exchange)
    #expect(exchange.stream!.isFull)
    exchange.stream!.finish()
    try fixture.turn {
      client.fetch()
      return client.received.hasSuffix("\r\n0\r\n\r\n")
    }
    #expect(client.chunks.joined() == "a" + long)
  }

  // MARK: What remains after streams

  enum End: CaseIterable {
    case finished, aborted, leftWhileSilent, leftWithSomethingToSend
  }

  /// Whatever other clients are connected, also clients that wait for nothing.
  @Test(arguments: End.allCases, ["1.0", "1.1"])
  func streamsLeaveNoConnectionBehind(how: End, version: String) throws {
    let exchange = Exchange()
    let (fixture, idle) = try start(exchange)
    defer { fixture.close() }
    exchange.stream!.finish()
    try fixture.turn {
      idle.fetch()
      return idle.chunks == [""]
    }
    for _ in 0..<3 {
      exchange.stream = nil
      let client = RawClient(port: fixture.port)
      client.send("POST / HTTP/\(version)\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
      try fixture.turn { exchange.stream != nil }
      try fixture.turn(times: 5)
      #expect(fixture.server.connectionCount == 2)
      switch how {
      case .finished:
        exchange.stream!.finish()
        try fixture.turn(times: 5)
        if version == "1.1" { client.end() }
      case .aborted:
        write("x", to: exchange)
        exchange.stream!.abort()
      case .leftWhileSilent:
        client.end()
      case .leftWithSomethingToSend:
        write("x", to: exchange)
        client.end()
      }
      try fixture.turn { fixture.server.connectionCount == 1 }
    }
  }

  // MARK: A server that stops

  @Test func closingBreaksStreamsOff() throws {
    let exchange = Exchange()
    let (fixture, client) = try start(exchange)
    write("x", to: exchange)
    try fixture.turn(times: 5)
    fixture.close()
    client.fetch()
    client.fetch()
    #expect(client.chunks == ["x"] && client.hasEnded)
    #expect(exchange.abandoned == 1)
    write("y", to: exchange)
    exchange.stream!.finish()
  }

  @Test func drainingLetsStreamsEnd() throws {
    let exchange = Exchange()
    let (fixture, client) = try start(exchange)
    defer { fixture.close() }
    try fixture.turn(times: 5)
    var hasDrained = false
    fixture.server.drain { hasDrained = true }
    write("x", to: exchange)
    try fixture.turn(times: 5)
    #expect(!hasDrained)
    exchange.stream!.finish()
    try fixture.turn { hasDrained }
    client.fetch()
    #expect(client.chunks == ["x", ""])
  }
}
