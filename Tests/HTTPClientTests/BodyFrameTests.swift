import Bytes
import EventLoop
import Platform
import TestSupport
import Testing

@testable import HTTPClient

/// A large body of which a part is replaced.
@Suite struct BodyFrameTests {
  private static let text = "before MODEL after"

  @Test(
    arguments: [
      (7..<12, "other", "before other after"), (7..<12, "", "before  after"),
      (0..<6, "first", "first MODEL after"), (13..<18, "last", "before MODEL last"),
      (0..<18, "all", "all"), (18..<18, "!", "before MODEL after!"),
    ])
  func isSentAsOne(gap: Range<Int>, inner: String, expected: String) throws {
    let server = RawServer(.send(response("ok")))
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    let result = try fixture.post(
      inner, in: BodyFrame(bytes(Self.text), replacing: gap), to: upstream)
    #expect(result.failure == nil && result.body == bytes("ok"))
    try fixture.turn { !server.ended.isEmpty }
    let request = server.ended[0].requests[0]
    #expect(request.hasSuffix("\r\n\r\n" + expected))
    #expect(request.contains("Content-Length: \(expected.utf8.count)\r\n"))
    #expect(!request.lowercased().contains("expect:"))
  }

  /// It is read from its beginning again if a kept connection ends in the middle of it.
  @Test func isSentAgain() throws {
    let server = RawServer { connection in
      connection == 0
        ? [.send(response("old")), .answerAtOnce(""), .reset] : [.send(response("new")), .hold]
    }
    let fixture = try Fixture()
    let upstream = fixture.upstream(port: server.port)
    let long = String(repeating: "x", count: 4_000_000)
    let frame = BodyFrame(bytes(long + "MODEL" + long), replacing: 4_000_000..<4_000_005)
    #expect(try fixture.post(to: upstream).body == bytes("old"))
    #expect(try fixture.post("other", in: frame, to: upstream).body == bytes("new"))
    fixture.client.close()
    try fixture.turn { server.ended.count == 2 }
    #expect(server.ended[1].requests[0].hasSuffix("\r\n\r\n" + long + "other" + long))
  }
}

extension Fixture {
  /// Posts in a frame and waits for the result.
  fileprivate func post(
    _ inner: String, in frame: BodyFrame, to upstream: Upstream
  ) throws -> TransferResult {
    let buffer = ByteBuffer(capacity: 1)
    let text = bytes(inner)
    buffer.append(text.span)
    var results: [TransferResult] = []
    _ = client.post(
      buffer, in: frame, to: upstream, fields: FieldLines(), receiver: nil
    ) { results.append($0) }
    try turn { !results.isEmpty }
    return try #require(results.first)
  }
}
