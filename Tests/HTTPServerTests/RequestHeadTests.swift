import Platform
import Testing

@testable import HTTPServer

/// Header sections as libmicrohttpd reports them: those of later requests of a connection, which nothing has looked
/// at before.
@Suite struct RequestHeadTests {
  private static let first = "POST /first HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"

  @Test(
    arguments: [
      ("GET /a HTTP/1.1\r\nHost: x\r\n\r\n", "get whole"),
      ("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na", "post whole 1"),
      (
        "PATCH /a HTTP/1.1\r\nHost: x\r\ntransfer-encoding: CHUNKED\r\n\r\n1\r\na\r\n0\r\n\r\n",
        "patch chunked 1"
      ),
      ("DELETE http://x/a HTTP/1.1\r\nHost: X\r\n\r\n", "delete whole"),
      ("ANY /a HTTP/1.1\r\nHost: x\r\nA:\t b \r\nB:\r\n\r\n", "other whole"),
      ("PUT /a HTTP/1.0\r\n\r\n", "put whole 1.0"),
    ])
  func readsSoundSections(text: String, description: String) throws {
    #expect(try outcome(of: text) == description)
  }

  @Test(
    arguments: [
      "GET /a HTTP/1.1\r\n\r\n", "GET /a HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
      "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "GET http://y/a HTTP/1.1\r\nHost: x\r\n\r\n",
      "G(T /a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
      "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
      "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ])
  func refusesAmbiguousSections(text: String) throws {
    #expect(try outcome(of: text) == "refused")
  }

  /// The outcome of a request that is the second of its connection.
  private func outcome(of text: String) throws -> String {
    var seen: [String] = []
    let fixture = try ServerFixture { request in
      var words = ["\(request.method)", request.isChunked ? "chunked" : "whole"]
      if request.receivedCount > 0 { words.append("\(request.receivedCount)") }
      if request.isHTTP10 { words.append("1.0") }
      seen.append(words.joined(separator: " "))
      request.respond(Response(status: 204, contentType: nil, body: []))
    }
    let client = RawClient(port: fixture.port)
    client.send(Self.first)
    try fixture.turn {
      client.fetch()
      return client.parts != nil
    }
    client.forget()
    client.send(text)
    try fixture.turn {
      client.fetch()
      return client.parts != nil || client.hasEnded
    }
    fixture.close()
    if seen.count == 2 { return seen[1] }
    return client.received.hasPrefix("HTTP/1.1 400") ? "refused" : client.received
  }
}
