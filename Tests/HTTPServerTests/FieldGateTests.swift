import Testing
import TestSupport

@testable import HTTPServer

/// Sections that two parsers could read differently.
@Suite struct FieldGateTests {
  private static let host = ("Host", "localhost:8080")

  @Test(
    arguments: [
      [host], [host, ("Content-Length", "0")], [host, ("Content-Length", "18446744073709551")],
      [host, ("Transfer-Encoding", "chunked")], [host, ("transfer-encoding", "CHUNKED")],
      [("hOST", "[::1]:8080")], [("Host", "a_b.example")], [("Host", "")],
      [host, ("X-!#$%&'*+-.^_`|~0aZ", "any"), ("X", ""), ("X", "a\tb \u{E9}")],
      [host, ("Accept", "a"), ("Accept", "b")], [host, ("Content-Lengthy", "x")],
    ] as [[(String, String)]])
  func letsSoundSectionsThrough(fields: [(String, String)]) {
    #expect(refusal(of: fields) == nil)
    #expect(
      refusal(of: fields, isHTTP10: true) == nil
        || fields.contains { $0.0.lowercased() == "transfer-encoding" })
  }

  @Test(
    arguments: [
      [], [("X-Host", "localhost")], [host, host], [host, ("HOST", "evil.example")],
      [host, ("Content-Length", "1"), ("Content-Length", "1")],
      [host, ("Content-Length", "1"), ("content-length", "2")],
      [host, ("Content-Length", "1"), ("Transfer-Encoding", "chunked")],
      [host, ("Transfer-Encoding", "chunked"), ("Content-Length", "1")],
      [host, ("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")],
      [host, ("Transfer-Encoding", "gzip, chunked")], [host, ("Transfer-Encoding", "identity")],
      [host, ("Transfer-Encoding", "")], [host, ("Transfer-Encoding", "chunked ")],
      [host, ("Transfer-Encoding", "\u{B}chunked")], [host, ("Content-Length", "")],
      [host, ("Content-Length", "+1")], [host, ("Content-Length", "-1")],
      [host, ("Content-Length", "1, 1")], [host, ("Content-Length", "0x10")],
      [host, ("Content-Length", "1 ")], [host, ("Content-Length", "99999999999999999999")],
      [host, ("", "x")], [host, ("X Y", "x")], [host, ("X ", "x")], [host, ("X\t", "x")],
      [host, ("X\u{1}", "x")], [host, ("X(", "x")], [host, ("\u{E9}", "x")], [host, ("X\"", "x")],
      [host, ("X", "a\u{0}b")], [host, ("X", "a\u{1}b")], [host, ("X", "a\u{7F}")],
      [host, ("X", "a\nb")], [host, ("X", "a\rb")], [("Host", "a, b")], [("Host", "a b")],
      [("Host", "user@a")], [("Host", "a/b")], [("Host", "a?b")], [("Host", "a#b")],
      [("Host", "a\\b")], [("Host", "\u{E9}")],
    ] as [[(String, String)]])
  func refusesTheOthers(fields: [(String, String)]) {
    guard case .ambiguous = refusal(of: fields) else {
      Issue.record("let through")
      return
    }
  }

  /// HTTP/1.0 may omit Host, and has no transfer codings.
  @Test func knowsHTTP10() {
    #expect(refusal(of: [], isHTTP10: true) == nil)
    #expect(refusal(of: [Self.host, Self.host], isHTTP10: true) != nil)
    #expect(refusal(of: [Self.host, ("Transfer-Encoding", "chunked")], isHTTP10: true) != nil)
  }

  @Test func keepsTheFirstReason() {
    var gate = FieldGate()
    gate.check(name: bytes("").span, value: bytes("x").span)
    let first = gate.refusal
    gate.check(name: bytes("Content-Length").span, value: bytes("x").span)
    gate.finish(isHTTP10: false)
    gate.refuse("another")
    #expect(first != nil && gate.refusal == first)
    var sound = FieldGate()
    sound.refuse("a reason")
    #expect(sound.refusal != nil)
  }

  private func refusal(of fields: [(String, String)], isHTTP10: Bool = false) -> Refusal? {
    var gate = FieldGate()
    for (name, value) in fields { gate.check(name: bytes(name).span, value: bytes(value).span) }
    gate.finish(isHTTP10: isHTTP10)
    return gate.refusal
  }
}
