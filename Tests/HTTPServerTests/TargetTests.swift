import Bytes
import Testing
import TestSupport

@testable import HTTPServer

@Suite struct TargetTests {
  @Test(arguments: [
    ("/", []), ("/v1/bots", ["v1", "bots"]), ("/v1/bots/", ["v1", "bots", ""]), ("//", ["", ""]),
    ("//v1", ["", "v1"]), ("/a//b", ["a", "", "b"]), ("/a%2Fb/c", ["a/b", "c"]),
    ("/%61%4A%4a", ["aJJ"]), ("/a+b", ["a+b"]), ("/%C3%A9", ["é"]), ("/a%25", ["a%"]),
    ("/a%20b", ["a b"]), ("/..", [".."]), ("/a?b/c", ["a"]), ("/?", []), ("*", []),
    ("http://host/a/b", ["a", "b"]), ("HTTPS://host:1/a", ["a"]), ("http://host", []),
    ("http://host?q=1", []), ("http://user@host/a", ["a"]),
    ("/http://host/a", ["http:", "", "host", "a"]),
  ])
  func readsSegments(raw: String, segments: [String]) throws {
    let target = try #require(Self.target(raw))
    let read = (0..<target.segments.count).map { target.segments[$0].copied }
    #expect(read == segments.map(bytes))
  }

  @Test(arguments: [
    ("/", []), ("/?", []), ("/?a=1", ["a=1"]), ("/?a=1&b=2&a=3", ["a=1", "b=2", "a=3"]),
    ("/?a", ["a="]), ("/?a=", ["a="]), ("/?=b", ["=b"]), ("/?a=b=c", ["a=b=c"]),
    ("/?a+b=c+d", ["a b=c d"]), ("/?a%2Bb=%26%3D", ["a+b=&="]), ("/?&&a=1&", ["a=1"]),
    ("/?a=b?c/d", ["a=b?c/d"]), ("http://host?q=1", ["q=1"]), ("/x?%3Da=1", ["=a=1"]),
  ])
  func readsParameters(raw: String, parameters: [String]) throws {
    let target = try #require(Self.target(raw))
    let read = target.parameters.map { $0.name + bytes("=") + $0.value }
    #expect(read == parameters.map(bytes))
  }

  @Test func findsTheFirstOfAName() throws {
    let target = try #require(Self.target("/?page=2&page=3&empty="))
    #expect(target.parameter("page") == bytes("2"))
    #expect(target.parameter("empty") == [])
    #expect(target.parameter("Page") == nil)
  }

  @Test(arguments: [
    "", "v1/bots", "?a=1", "**", "*/", "/a b", "/a\tb", "/a\u{7F}", "/é", "/a#b", "/%", "/%4",
    "/%4g",
    "/%G1", "/a%", "/?a=%", "/?%zz=1", "ftp://host/", "http:/host/", "host:80", "/a\0b", "/a\r\nb",
    "http://",
  ])
  func refuses(raw: String) {
    #expect(Self.target(raw) == nil)
  }

  private static func target(_ raw: String) -> Target? { Target(bytes(raw).span) }
}
