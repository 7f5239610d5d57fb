import Bytes
import TestSupport
import Testing

@testable import HTTPServer

/// What is decided about the bytes of a first request before libmicrohttpd sees them.
@Suite struct RawHeadTests {
  private static let line = "POST /v1/bots?x=1 HTTP/1.1\r\n"
  private static let host = "Host: localhost\r\n"

  @Test(
    arguments: [
      line + host + "\r\n", "\r\n" + line + host + "\r\n", "GET / HTTP/1.0\r\n\r\n",
      line + host + "\r\n\0\u{1}", line + "hOST:\tlocalhost \r\nX:\r\n\r\n",
      line + host + "Content-Length: 3\r\n\r\nabc",
    ])
  func letsSoundSectionsThrough(text: String) {
    #expect(verdict(on: text) == "sound")
    // Every beginning of it is incomplete: no byte is needed to guess.
    let head = text.utf8.count - (text.hasSuffix("abc") ? 3 : text.hasSuffix("\u{1}") ? 2 : 0)
    for count in 0..<head {
      #expect(
        verdict(on: String(decoding: Array(text.utf8)[..<count], as: UTF8.self)) == "incomplete")
    }
  }

  @Test(
    arguments: [
      ("GET /\r\n", "noHTTP"), (" / HTTP/1.1\r\n", "noHTTP"), ("GET  HTTP/1.1\r\n", "noHTTP"),
      ("GET / HTTP/1.1 \r\n", "noHTTP"), ("GET / http/1.1\r\n", "noHTTP"),
      ("G(T / HTTP/1.1\r\n", "noHTTP"), ("\u{16}\u{3}\u{1}", "noHTTP"),
      ("GET x HTTP/1.1\r\n", "badTarget"), ("GET /%zz HTTP/1.1\r\n", "badTarget"),
      ("GET / HTTP/2.0\r\n", "version"), ("GET / HTTP/1.2\r\n", "version"),
      ("GET / HTTP/1.1\n", "line"), (line + "Host: x\n", "line"), ("\n", "line"),
      (line + "Host\r\n", "field"), (line + " Host: x\r\n", "field"), (line + "\tx\r\n", "field"),
      (line + "Host : x\r\n", "gate"), (line + "Host: a\0b\r\n", "gate"),
      (line + host + host + "\r\n", "gate"), (line + "\r\n", "gate"),
      (line + "Content-Length: 1 \r\n", "length"), (line + "Content-Length: 1\t\r\n", "length"),
    ])
  func refuses(text: String, reason: String) {
    #expect(verdict(on: text) == reason)
    // Whatever follows.
    #expect(verdict(on: text + "\r\n\r\nabc") == reason)
  }

  @Test func refusesSectionsThatAreTooLarge() {
    let text = Self.line + Self.host + "\r\n"
    let count = text.utf8.count
    #expect(verdict(on: text, limit: count) == "sound")
    #expect(verdict(on: text, limit: count - 1) == "tooLarge")
    #expect(verdict(on: String(repeating: "a", count: count), limit: count) == "incomplete")
    #expect(verdict(on: String(repeating: "a", count: count + 1), limit: count) == "tooLarge")
  }

  @Test func refusesSectionsOfTooManyFields() {
    let fields = String(repeating: "X: y\r\n", count: RawHead.fieldLimit - 1)
    #expect(verdict(on: Self.line + Self.host + fields + "\r\n") == "sound")
    #expect(verdict(on: Self.line + Self.host + fields + "X: y\r\n\r\n") == "tooLarge")
  }

  @Test func readsTheTargetOnce() {
    let text = bytes(Self.line + Self.host + "\r\n")
    guard case .sound(let target) = RawHead.check(text.span, limit: 1000) else {
      Issue.record("a sound section is refused")
      return
    }
    #expect(target.segments.count == 2)
    #expect(target.parameter("x") == bytes("1"))
  }

  @Test(
    arguments: [
      ("GET / HTTP/1.1\r\nX-Request-Id: a\r\nx-request-id: b\r\n", "a"),
      ("rubbish\nX-REQUEST-ID:\t a \n", "a"), ("X-Request-Id:\r\n", ""),
      ("X-Request-Id: a", nil), ("X-Request-Ids: a\r\n", nil), ("", nil),
    ] as [(String, String?)])
  func findsAFieldInWhateverCame(text: String, value: String?) {
    #expect(RawHead.value(of: "x-request-id", in: bytes(text).span) == value.map { bytes($0) })
  }

  private func verdict(on text: String, limit: Int = 16384) -> String {
    let bytes = bytes(text)
    switch RawHead.check(bytes.span, limit: limit) {
    case .incomplete: return "incomplete"
    case .sound: return "sound"
    case .refused(.badTarget): return "badTarget"
    case .refused(.versionNotSupported): return "version"
    case .refused(.fieldsTooLarge): return "tooLarge"
    case .refused(.ambiguous("this is not an HTTP request")): return "noHTTP"
    case .refused(.ambiguous("a line of the header section does not end with CR LF")):
      return "line"
    case .refused(.ambiguous("a line of the header section is not a field")): return "field"
    case .refused(.ambiguous("Content-Length has blanks after it")): return "length"
    case .refused(.ambiguous): return "gate"
    case .refused(let other): return "\(other)"
    }
  }
}

/// A literal matches another of the same bytes.
private func ~= (pattern: StaticString, value: StaticString) -> Bool {
  Refusal.ambiguous(pattern) == Refusal.ambiguous(value)
}
