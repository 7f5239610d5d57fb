import Bytes
import Foundation
import TestSupport
import Testing

@testable import HTTPServer

/// Bodies in chunks, whole and in pieces, and beside another parser.
@Suite(.seeded) struct ChunkedBodyTests {
  @Test(
    arguments: [
      ("0\r\n\r\n", ""), ("1\r\na\r\n0\r\n\r\n", "a"),
      ("000F\r\n0123456789abcde\r\n00\r\n\r\n", "0123456789abcde"),
      ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"), ("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc"),
      ("aB;\t\r\n", nil), ("1;a\r\nx\r\n0;b\r\n\r\n", "x"), ("1;a=b;c\r\nx\r\n0\r\n\r\n", "x"),
      ("1; a = b ; c=\"d;\\\"e\t\"\r\nx\r\n0\r\n\r\n", "x"), ("1;a=\"\"\r\nx\r\n0\r\n\r\n", "x"),
      ("0\r\nA: b\r\nC:\r\n\r\n", ""), ("0000000000000001\r\na\r\n0\r\n\r\n", "a"),
    ] as [(String, String?)])
  func takesSoundBodies(text: String, body: String?) {
    for size in [1, 2, 5, 1000] {
      #expect(decoded(bytes(text), inPiecesOf: size)?.data == body.map { bytes($0) })
    }
  }

  @Test(arguments: [
    "\r\n", " 1\r\na\r\n", "1 \r\na\r\n", "+1\r\na\r\n", "-1\r\na\r\n", "0x1\r\na\r\n",
    "1h\r\na\r\n",
    "g\r\n", "1\na\r\n", "1\r\na\n", "1\r\nab\r\n", "1\r\na\rb", "1\r\n\r\n\r\n", "0\n\r\n",
    "0\r\n\n",
    "0\n\n", "1\r\ra", "13;\nxx", "13\nxx", "1;\r\na\r\n", "1;=b\r\na\r\n", "1;a=\r\na\r\n",
    "1;a b\r\na\r\n", "1;a=\"b\r\na\r\n", "1;a=\"b\"c\r\na\r\n", "1;a \r\na\r\n", "1 ;a\r\na\r\n",
    "1;a=\"\u{0}\"\r\na\r\n", "1;a,b\r\na\r\n", "1;;\r\na\r\n", "00000000000000001\r\na\r\n",
    "10000000000000001\r\na", "FFFFFFFFFFFFFFFF\r\na", "8000000000000000\r\na",
    "0\r\n: b\r\n\r\n", "0\r\na b: c\r\n\r\n", "0\r\n a: b\r\n\r\n", "0\r\na: b\r\n c\r\n\r\n",
    "0\r\na\r\n\r\n", "0\r\na: \u{1}\r\n\r\n", "0\r\nHost: a\r\n\r\n",
    "0\r\ncontent-length: 1\r\n\r\n",
    "0\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\na: b\n\r\n",
  ])
  func refusesTheOthers(text: String) {
    for size in [1, 3, 1000] {
      #expect(isRefused(bytes(text + "0\r\n\r\n"), inPiecesOf: size))
      #expect(ChunkGrammar.body(bytes(text + "0\r\n\r\n")) == nil)
    }
  }

  @Test func keepsTheLimits() {
    let line = "1;" + String(repeating: "a", count: ChunkedBody.lineLimit - 4) + "\r\n"
    #expect(decoded(bytes(line + "x\r\n0\r\n\r\n"), inPiecesOf: 100) != nil)
    // Without its end: it is refused as soon as it is too long.
    #expect(isRefused(bytes(String(line.dropLast(1)) + "aaa"), inPiecesOf: 100))
    let excess = String(repeating: line + "x\r\n", count: 20)
    #expect(isRefused(bytes(excess), inPiecesOf: 1000))
    // As many chunks of one byte as there may be bytes.
    let small = String(repeating: "1\r\nx\r\n", count: 5000) + "0\r\n\r\n"
    #expect(decoded(bytes(small), inPiecesOf: 1000, limit: 5000)?.data.count == 5000)
    #expect(refusal(bytes(small), inPiecesOf: 1000, limit: 4999) == .bodyTooLarge(limit: 4999))
    #expect(refusal(bytes("7fffffffffffffff\r\n"), inPiecesOf: 9) == .bodyTooLarge(limit: 1 << 20))
    let trailer = "A: " + String(repeating: "b", count: 100) + "\r\n"
    let trailers = "0\r\n" + String(repeating: trailer, count: 200)
    #expect(refusal(bytes(trailers), inPiecesOf: 1000) == .fieldsTooLarge)
  }

  /// What both accept has the same data and the same end; what one refuses is refused by the other.
  @Test func agreesWithAnotherParser() {
    var generator = SeededGenerator()
    var accepted = 0
    for _ in 0..<20_000 {
      let text = BodyGenerator.body(using: &generator)
      let expected = ChunkGrammar.body(text)
      let size = Int.random(in: 1...40, using: &generator)
      let found = decoded(text, inPiecesOf: size)
      #expect(found?.data == expected?.data && found?.count == expected?.count, "\(text)")
      if expected != nil { accepted += 1 }
    }
    #expect(1000..<19_000 ~= accepted, "the bodies test too little: \(accepted) are valid")
  }

  private enum Outcome {
    case incomplete
    case whole(data: [UInt8], count: Int)
    case refused(Refusal)
  }

  private func read(_ text: [UInt8], inPiecesOf size: Int, limit: Int) -> Outcome {
    var body = ChunkedBody(limit: limit)
    var data: [UInt8] = []
    var start = 0
    while start < text.count {
      let end = min(text.count, start + size)
      let piece = Array(text[start..<end])
      var index = 0
      while index < piece.count {
        switch body.read(piece.span, from: index) {
        case .nothing: index = piece.count
        case .data(let range):
          data += piece[range]
          index = range.upperBound
        case .end(let position): return .whole(data: data, count: start + position)
        case .refused(let refusal): return .refused(refusal)
        }
      }
      start = end
    }
    return .incomplete
  }

  private func decoded(
    _ text: [UInt8], inPiecesOf size: Int, limit: Int = 1 << 20
  ) -> (data: [UInt8], count: Int)? {
    guard case .whole(let data, let count) = read(text, inPiecesOf: size, limit: limit) else {
      return nil
    }
    return (data, count)
  }

  private func refusal(_ text: [UInt8], inPiecesOf size: Int, limit: Int = 1 << 20) -> Refusal? {
    guard case .refused(let refusal) = read(text, inPiecesOf: size, limit: limit) else {
      return nil
    }
    return refusal
  }

  private func isRefused(_ text: [UInt8], inPiecesOf size: Int) -> Bool {
    if case .ambiguous = refusal(text, inPiecesOf: size) { true } else { false }
  }
}
