import TestSupport
import Testing

@testable import HTTPServer

/// What a report of a header section leaves unaccounted for.
@Suite struct SectionGeometryTests {
  /// `GET /a HTTP/1.1`, `A: b`, an empty line.
  private static let section = "GET /a HTTP/1.1\r\nA:  b\r\n\r\n"

  @Test func acceptsAReportOfEveryByte() {
    #expect(isSound(Self.section))
  }

  @Test(
    arguments: [
      // A byte that belongs to nothing: before the version, in a name, before and after a value.
      "GET /a  HTTP/1.1\r\nA:  b\r\n\r\n", "GET /a HTTP/1.1\r\nA :  b\r\n\r\n",
      "GET /a HTTP/1.1\r\nA: \0 b\r\n\r\n", "GET /a HTTP/1.1\r\nA:  b \r\n\r\n",
      // A line, and bytes after the section's end.
      "GET /a HTTP/1.1\r\nX\r\nA:  b\r\n\r\n", "GET /a HTTP/1.1\r\nA:  b\r\n\r\n\r\n",
    ])
  func refusesAReportThatLeavesBytesOut(text: String) {
    #expect(!isSound(text))
  }

  @Test func refusesPartsThatAreMissing() {
    var section = bytes(Self.section)
    section.withUnsafeMutableBytes { buffer in
      let start = UnsafeRawPointer(buffer.baseAddress!)
      var geometry = SectionGeometry(start: start)
      geometry.take(UnsafeRawBufferPointer(start: nil, count: 0), delimiter: 1)
      #expect(!geometry.isSound)
    }
  }

  /// Reports the section's parts as libmicrohttpd would: where they are, whatever stands between them.
  private func isSound(_ text: String) -> Bool {
    let section = bytes(text)
    return section.withUnsafeBytes { buffer in
      func part(_ word: String) -> UnsafeRawBufferPointer {
        let word = Array(word.utf8)
        let first = (0..<buffer.count).first { buffer[$0...].starts(with: word) }!
        return UnsafeRawBufferPointer(rebasing: buffer[first..<first + word.count])
      }
      var geometry = SectionGeometry(start: buffer.baseAddress!)
      geometry.take(part("GET"), delimiter: 1)
      geometry.skip(3)
      geometry.take(part("HTTP/1.1"), delimiter: 2)
      geometry.take(part("A"), delimiter: 1)
      geometry.skipBlanks(before: part("b"))
      geometry.take(part("b"), delimiter: 2)
      geometry.finish(start: buffer.baseAddress!, size: buffer.count)
      return geometry.isSound
    }
  }
}
