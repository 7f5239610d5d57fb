import Testing

@testable import HTTPServer

/// A server that ends while clients continue to send.
@Suite struct ServerClosingTests {
  private static let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"

  /// The application is about to end, too: late requests are refused, and not left to it.
  @Test func refusesWhatComesAsItCloses() throws {
    var handledCount = 0
    let fixture = try ServerFixture { request in
      handledCount += 1
      if handledCount == 1 {
        request.respond(Response(status: 200, contentType: nil, body: []))
      }
    }
    let client = RawClient(port: fixture.port)
    client.send(Self.post)
    try fixture.turn {
      client.fetch()
      return client.parts != nil
    }
    client.forget()
    client.send(Self.post)
    fixture.close()
    client.fetch()
    client.fetch()
    #expect(handledCount == 1)
    #expect(client.received.hasPrefix("HTTP/1.1 400 "))
    #expect(client.hasEnded)
  }
}
