import EventLoop
import Platform
import Testing
import TestSupport

@testable import HTTPClient

/// The results of responses, and of bytes that are not a response.
@Suite struct ResponseTests {
  @Test func postsAndTakesAWholeReply() throws {
    let server = RawServer(.send(response("héllo")))
    let fixture = try Fixture()
    let upstream = fixture.upstream(
      port: server.port, fields: ["Authorization: Bearer k", "X-None;"])
    var fields = FieldLines()
    fields.append("X-Conversation-Id", bytes("conv_1").span)
    fields.append("X-Request-Id", bytes("req_1").span)
    let result = try fixture.post("{\"a\":\"é\"}", to: upstream, fields: fields)
    #expect(result.failure == nil)
    #expect(result.status == 200)
    #expect(result.body == bytes("héllo"))
    #expect(result.detail == "")
    #expect(result.timings.connected > 0)
    #expect(result.timings.firstByte >= result.timings.connected)
    #expect(result.timings.total >= result.timings.firstByte)

    try fixture.turn { server.ended.count == 1 }
    let request = try #require(server.ended[0].requests.first)
    let parts = request.split(separator: "\r\n\r\n", maxSplits: 1)
    let lines = parts[0].split(separator: "\r\n")
    #expect(lines[0] == "POST /hook?q=1 HTTP/1.1")
    #expect(parts[1] == "{\"a\":\"é\"}")
    for line in [
      "Host: 127.0.0.1:\(server.port)", "X-Conversation-Id: conv_1", "X-Request-Id: req_1",
      "Authorization: Bearer k", "X-None:", "Content-Length: 10",
    ] {
      #expect(lines.contains(Substring(line)), "\(line)")
    }
    #expect(!request.contains("Expect"))
  }

  @Test(arguments: [
    (
      "chunked", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n", "hello!"
    ),
    ("trailers", "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n", "ok"),
    ("until the end", "\r\nto the end", "to the end"),
    ("empty", "Content-Length: 0\r\n\r\n", ""),
    ("more than announced", "Content-Length: 2\r\n\r\nok!!", "ok"),
  ])
  func takesBodiesInEveryForm(name: String, rest: String, body: String) throws {
    let server = RawServer(.send("HTTP/1.1 200 OK\r\n\(rest)"))
    let fixture = try Fixture()
    let result = try fixture.post(to: fixture.upstream(port: server.port))
    #expect(result.failure == nil)
    #expect(result.status == 200)
    #expect(result.body == bytes(body))
  }

  @Test(arguments: [
    ("204 No Content", 204), ("301 Moved Permanently", 301), ("429 Too Many", 429),
    ("500 Oh", 500), ("529 Overloaded", 529),
  ])
  func givesEveryStatusAsItIs(line: String, status: Int) throws {
    let head = "HTTP/1.1 \(line)\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    let server = RawServer(.send(head))
    let fixture = try Fixture()
    let result = try fixture.post(to: fixture.upstream(port: server.port))
    #expect(result.failure == nil)
    #expect(result.status == status)
    try fixture.turn { server.ended.count == 1 }
    #expect(server.connectionCount == 1, "redirects are not followed")
  }

  /// An interim response is not an answer, neither alone nor before one.
  @Test func passesOverInterimResponses() throws {
    let interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    let fixture = try Fixture()
    let whole = RawServer(.send(interim + response("ok")))
    let result = try fixture.post(to: fixture.upstream(port: whole.port))
    #expect(result.failure == nil && result.status == 200 && result.body == bytes("ok"))
    let cut = RawServer(.send(interim))
    let failed = try fixture.post(to: fixture.upstream(port: cut.port))
    #expect(failed.failure == .interrupted)
    #expect(failed.status == 0)
  }

  /// What libcurl accepts as a response, or does not report.
  @Test(
    arguments: [
      ("closed at once", "", .interrupted, 0),
      ("ends in the status line", "HTTP/1.1 20", .interrupted, 0),
      ("ends in the header section", "HTTP/1.1 200 OK\r\nContent-Le", .interrupted, 0),
      ("ends before the empty line", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", .interrupted, 0),
      ("half a body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", .interrupted, 200),
      (
        "half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhello",
        .interrupted, 200
      ),
      (
        "no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        .interrupted, 200
      ),
      (
        "a length that is not a number", "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\nhello",
        .notHTTP, 0
      ),
      (
        "a length that no body has",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello", .interrupted, 200
      ),
      ("another protocol", "SSH-2.0-OpenSSH_9.2\r\n", .notHTTP, 0),
      (
        "a body over the limit is announced", "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n",
        .tooLarge, 200
      ),
      (
        "chunks over the limit",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n32\r\n"
          + String(repeating: "x", count: 50) + "\r\n33\r\n" + String(repeating: "x", count: 51)
          + "\r\n0\r\n\r\n", .tooLarge, 200
      ),
      (
        "endless fields",
        "HTTP/1.1 200 OK\r\n"
          + String(
            repeating: "X-Filling: 0123456789012345678901234567890123456789\r\n", count: 1500),
        .headTooLarge, 200
      ),
    ] as [(String, String, TransferFailure, Int)])
  func sortsWhatIsNotWhole(
    name: String, sent: String, failure: TransferFailure, status: Int
  ) throws {
    let server = RawServer(.send(sent))
    let fixture = try Fixture()
    let result = try fixture.post(to: fixture.upstream(port: server.port, bodyLimit: 100))
    #expect(result.failure == failure)
    #expect(result.status == status)
    #expect(result.body.count <= 100)
  }

  @Test func takesABodyOfExactlyTheLimit() throws {
    let server = RawServer(.send(response(String(repeating: "x", count: 100))))
    let fixture = try Fixture()
    let result = try fixture.post(to: fixture.upstream(port: server.port, bodyLimit: 100))
    #expect(result.failure == nil)
    #expect(result.body.count == 100)
  }

  @Test func tellsARefusedConnection() throws {
    let server = RawServer()
    server.stop()
    let fixture = try Fixture()
    // The listener is shut down: new connections are refused.
    let result = try fixture.post(to: fixture.upstream(port: server.port))
    #expect(result.failure == .connectFailed)
    #expect(result.status == 0)
    #expect(result.body.isEmpty)
    #expect(!result.detail.bytes.isEmpty)
  }

  @Test func tellsANameThatIsNoHost() throws {
    let fixture = try Fixture()
    // Longer than a label can be, so that no name server is asked; RFC 1035 section 2.3.4.
    let host = String(repeating: "a", count: 64)
    let upstream = Upstream(
      Upstream.Settings(
        url: bytes("http://\(host)/"), fields: [], connectTimeoutMilliseconds: 5000,
        authorityFile: nil, bodyLimit: 100))
    let result = try fixture.post(to: upstream)
    #expect(result.failure == .nameNotResolved)
  }

  /// Backends are asked over http and https only.
  @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"])
  func asksOverHTTPOnly(url: String) throws {
    let fixture = try Fixture()
    let upstream = Upstream(
      Upstream.Settings(
        url: bytes(url), fields: [], connectTimeoutMilliseconds: 5000, authorityFile: nil,
        bodyLimit: 100_000))
    let result = try fixture.post(to: upstream)
    #expect(result.failure != nil)
    #expect(result.status == 0)
    #expect(result.body.isEmpty)
  }

  /// A server that hangs or does not speak TLS, and an authority that cannot be read.
  @Test(
    arguments: [
      ("SSH-2.0-OpenSSH_9.2\r\n", nil, .handshakeFailed), ("", nil, .handshakeFailed),
      (nil, nil, .handshakeFailed), ("", "/no/such/file", .authorityUnusable),
    ] as [(String?, String?, TransferFailure)])
  func tellsHandshakesThatFail(
    greeting: String?, authority: String?, failure: TransferFailure
  ) throws {
    let server = RawServer(greeting.map { .send($0) } ?? .hold)
    let fixture = try Fixture()
    let upstream = Upstream(
      Upstream.Settings(
        url: bytes("https://127.0.0.1:\(server.port)/"), fields: [],
        connectTimeoutMilliseconds: 300, authorityFile: authority.map(bytes), bodyLimit: 100))
    let result = try fixture.post(to: upstream)
    #expect(result.failure == failure)
    #expect(result.status == 0)
  }
}
