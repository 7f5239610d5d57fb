import Bytes
import TestSupport
import Testing

@testable import HTTPServer

/// Requests one after another, in pieces of every size.
@Suite(.seeded) struct RequestReaderTests {
  private static let sequence =
    "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
    + "\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    + "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    + "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n"
    + "POST /4 HTTP/1.0\r\nContent-Length: 0\r\n\r\n"

  private static let expected = ["/1 ", "/2 hello", "/3 abcde", "/4 "]

  @Test func readsOneRequestAfterAnother() {
    let text = bytes(Self.sequence)
    for size in 1...text.count {
      #expect(requests(text, inPiecesOf: { size }) == Self.expected, "in pieces of \(size)")
    }
  }

  @Test func piecesOfAnySizeMakeNoDifference() {
    var generator = SeededGenerator()
    for _ in 0..<500 {
      let found = requests(bytes(Self.sequence)) { Int.random(in: 1...30, using: &generator) }
      #expect(found == Self.expected)
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\n\r\n", "nonsense\r\n", "GET / HTTP/3.1\r\n",
    "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n13\n",
    "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
  ])
  func nothingFollowsARefusal(text: String) {
    let sound = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
    for size in [1, 2, 10, 1000] {
      #expect(requests(bytes(sound + text + sound), inPiecesOf: { size }) == ["/1 ", "refused"])
    }
  }

  @Test func aRefusedHeadSaysTheClientsIdentifier() {
    for size in [3, 1000] {
      var reader = RequestReader(headLimit: 1000)
      let text = bytes("GET / HTTP/1.1\r\nX-Request-Id: mine\r\nno field\r\n\r\n")
      var found: [UInt8]?
      for start in stride(from: 0, to: text.count, by: size) {
        let piece = Array(text[start..<min(text.count, start + size)])
        var index = 0
        if case .refused(_, let identifier) = reader.read(piece.span, at: &index) {
          found = identifier
          break
        }
      }
      #expect(found == bytes("mine"))
      #expect(reader.isRefused && !reader.isInside)
    }
  }

  @Test func knowsWhatIsMissing() {
    var reader = RequestReader(headLimit: 1000)
    var index = 0
    #expect(!reader.isInside)
    let head = bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
    _ = reader.read(head.span.extracting(0..<5), at: &index)
    #expect(reader.isInside && reader.missingCount == nil)
    index = 5
    guard case .head(let section) = reader.read(head.span, at: &index) else {
      Issue.record("not a section")
      return
    }
    reader.takeBody(of: section, limit: 10)
    #expect(reader.missingCount == 10)
    index = 0
    _ = reader.read(bytes("1234").span, at: &index)
    #expect(reader.isInside && reader.missingCount == 6)
  }

  /// The requests of a text: path and body of each.
  private func requests(_ text: [UInt8], inPiecesOf size: () -> Int) -> [String] {
    var reader = RequestReader(headLimit: 16384)
    var found: [String] = []
    var path = ""
    var body: [UInt8] = []
    var start = 0
    while start < text.count {
      let end = min(text.count, start + size())
      let piece = Array(text[start..<end])
      start = end
      var index = 0
      reading: while true {
        switch reader.read(piece.span, at: &index) {
        case .incomplete:
          break reading
        case .head(let head):
          path = "/" + String(decoding: head.target.segments[0].copied, as: UTF8.self)
          body = []
          reader.takeBody(of: head, limit: 1000)
        case .data(let range):
          body += piece[range]
        case .whole:
          found.append(path + " " + String(decoding: body, as: UTF8.self))
          reader.reset()
        case .refused:
          found.append("refused")
        }
      }
    }
    return found
  }
}
