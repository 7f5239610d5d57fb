import Bytes
import TestSupport
import Testing

@testable import HTTPServer

/// Header sections as bytes, whole and in pieces.
@Suite struct HeadReaderTests {
  private static let line = "GET / HTTP/1.1\r\n"
  private static let host = "Host: localhost\r\n"

  private static let sound: [(String, Method, Bool)] = [
    ("GET / HTTP/1.1\r\nHost: a\r\n", .get, false),
    ("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n", .get, false),
    ("GET / HTTP/1.0\r\n", .get, true),
    ("HEAD /?a=b HTTP/1.0\r\nHost: a\r\n", .head, true),
    ("POST http://LOCALHOST/v1 HTTP/1.1\r\nHost: localhost\r\n", .post, false),
    ("OPTIONS * HTTP/1.1\r\nHost: a\r\n", .options, false),
    ("BREW / HTTP/1.1\r\nHost:\r\n", .other, false),
    ("DELETE /%2F HTTP/1.1\r\nHOST:\t[::1]:80 \t\r\nX:\r\nX: a\tb\r\n", .delete, false),
    ("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-CONTINUE\r\nContent-Length: 3\r\n", .get, false),
  ]

  @Test(arguments: sound)
  func takesSoundSections(text: String, method: Method, isHTTP10: Bool) throws {
    let section = bytes(text + "\r\n")
    for size in [1, 2, 7, section.count] {
      let head = try #require(whole(section, inPiecesOf: size), "refused in pieces of \(size)")
      #expect(head.method == method && head.isHTTP10 == isHTTP10)
    }
  }

  @Test func saysWhatTheFieldsSay() throws {
    let text =
      "\r\n" + "PUT /a?b=c HTTP/1.1\r\nhost:h\r\nContent-Length:007\r\nX-Request-Id:  id \r\n"
      + "x-request-id: second\r\nConnection: foo, Close\r\nExpect: 100-continue\r\n\r\n"
    let head = try #require(whole(bytes(text), inPiecesOf: 5))
    #expect(head.contentLength == 7 && !head.isChunked && head.expectsContinue)
    #expect(head.endsConnection)
    #expect(head.field("X-REQUEST-ID") { $0.copied } == bytes("id"))
    #expect(head.field("Host") { $0.copied } == bytes("h"))
    #expect(head.field("Hos") { $0.copied } == nil)
    #expect(head.target.parameter("b") == bytes("c"))
  }

  private static let endings: [(String, Bool)] = [
    ("GET / HTTP/1.1\r\nHost: a\r\n", false), ("GET / HTTP/1.0\r\n", true),
    ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n", false),
    ("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n", true),
  ]

  @Test(arguments: endings)
  func knowsWhetherTheConnectionEnds(text: String, isEnd: Bool) throws {
    #expect(try #require(whole(bytes(text + "\r\n"), inPiecesOf: 100)).endsConnection == isEnd)
  }

  private static let unsound: [String] =
    [
      "GET /\r\n", "GET / HTTP/1.1\n", "GET / HTTP/1.1 \r\n", "GET  / HTTP/1.1\r\n",
      "GET / HTTQ/1.1\r\n", "GET / HTTP/1.\r\n", "GET / HTTP/11\r\n", "GET / http/1.1\r\n",
      " GET / HTTP/1.1\r\n", "G(T / HTTP/1.1\r\n", "/ HTTP/1.1\r\n", "\u{16}\u{3}\u{1}", "\n",
      "\r\r\n", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\n a: b\r\n",
      "GET http://a/ HTTP/1.1\r\nHost: b\r\n",
    ]
    + [
      "\n", "\tc\r\n", "a\r\n", "a : b\r\n", ": b\r\n", "a: b\rc\r\n", "a: \u{0}\r\n",
      "Host: b\r\n",
      "Content-Length: 1 \r\n", "Content-Length: 1\r\ncontent-length: 1\r\n",
      "Content-Type: a\r\nContent-type: a\r\n", "Authorization: a\r\nAuthorization: b\r\n",
      "x-api-key: a\r\nX-Api-Key: a\r\n", "Expect: 100-continue\r\nExpect: 100-continue\r\n",
    ].map { line + host + $0 }
    + [
      "localhost:abc", "[::1", "\"x\"", "a:65536", "a:1:2", "[a]", "[::1]x", "[127.0.0.1]", ":80",
      "::1", "a,b", "a b", "[::1%25lo]", "<a>", "a|b",
    ].map { line + "Host: " + $0 + "\r\n" }

  @Test(arguments: unsound)
  func refusesTheOthers(text: String) {
    for size in [1, 3, 1000] {
      guard case .ambiguous = refusal(bytes(text + "\r\n"), inPiecesOf: size) else {
        Issue.record("accepted, or refused for another reason, in pieces of \(size)")
        continue
      }
    }
  }

  private static let reasons: [(String, Refusal)] = [
    ("GET / HTTP/2.0\r\n", .versionNotSupported), ("GET / HTTP/1.2\r\n", .versionNotSupported),
    ("GET / HTTP/0.9\r\n", .versionNotSupported), ("PRI * HTTP/2.0\r\n", .versionNotSupported),
    ("GET a HTTP/1.1\r\n", .badTarget), ("GET * HTTP/1.1\r\n", .badTarget),
    ("GET /%zz HTTP/1.1\r\n", .badTarget), ("GET /#a HTTP/1.1\r\n", .badTarget),
    ("CONNECT a:1 HTTP/1.1\r\n", .badTarget),
    ("GET / HTTP/1.1\r\nExpect: 200-ok\r\n", .expectationFailed),
    ("GET / HTTP/1.1\r\nExpect:\r\n", .expectationFailed),
  ]

  @Test(arguments: reasons)
  func refusesForItsReason(text: String, reason: Refusal) {
    #expect(refusal(bytes(text + "\r\n"), inPiecesOf: 4) == reason)
  }

  /// A section of the limit is taken, whatever it consists of; one byte more is refused before its end.
  @Test(arguments: [
    ("", "a:\r\n"), ("", "a: b\r\n"), ("?a&b&", ""),
    ("?" + String(repeating: "x&", count: 400), ""),
  ])
  func keepsTheLimit(query: String, field: String) {
    let limit = 2000
    let section = filled(to: limit, query, field)
    let larger = filled(to: limit + 1, query, field)
    #expect(section.count == limit)
    #expect(whole(section, inPiecesOf: limit, limit: limit) != nil)
    #expect(whole(section, inPiecesOf: 1, limit: limit) != nil)
    #expect(refusal(larger, inPiecesOf: limit + 1, limit: limit) == .fieldsTooLarge)
    #expect(refusal(larger, inPiecesOf: 1, limit: limit) == .fieldsTooLarge)
  }

  /// A section of this size, with as many copies of the field as fit.
  private func filled(to size: Int, _ query: String, _ field: String) -> [UInt8] {
    let start = "GET /\(query) HTTP/1.1\r\n" + Self.host
    let room = size - start.utf8.count - 10
    let fields = field.isEmpty ? "" : String(repeating: field, count: room / field.utf8.count)
    let rest = size - start.utf8.count - fields.utf8.count - 6
    return bytes(start + fields + "b:" + String(repeating: "c", count: rest) + "\r\n\r\n")
  }

  @Test func findsAValueInABrokenSection() {
    let section = bytes("GET HTTP\r\nX-Request-Id: a\r\nX-Request-Id: b\r\nno")
    #expect(HeadReader.value(of: "x-request-id", in: section.span) == bytes("a"))
    #expect(HeadReader.value(of: "x-request-id", in: bytes("X-Request-Id: a").span) == nil)
  }

  private func read(
    _ section: [UInt8], inPiecesOf size: Int, limit: Int = 16384
  ) -> HeadReader.Progress {
    var reader = HeadReader(limit: limit)
    var count = 0
    while count < section.count {
      count = min(section.count, count + size)
      let progress = reader.read(section.span.extracting(0..<count))
      if case .incomplete = progress { continue }
      return progress
    }
    return .incomplete
  }

  private func whole(_ section: [UInt8], inPiecesOf size: Int, limit: Int = 16384) -> RequestHead? {
    guard case .whole(let head, section.count) = read(section, inPiecesOf: size, limit: limit)
    else {
      return nil
    }
    return head
  }

  private func refusal(_ section: [UInt8], inPiecesOf size: Int, limit: Int = 16384) -> Refusal? {
    guard case .refused(let refusal) = read(section, inPiecesOf: size, limit: limit) else {
      return nil
    }
    return refusal
  }
}
