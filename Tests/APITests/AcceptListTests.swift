import Bytes
import Testing

@testable import API

@Suite struct AcceptListTests {
  private static let lists: [(String, Bool?)] = [
    ("text/event-stream", true), ("application/json, Text/Event-Stream", true),
    ("text/event-stream; charset=utf-8", true), ("text/event-stream;q=0.1", true),
    ("text/event-stream;q=0", false), ("text/event-stream ; charset=utf-8 ; Q=0.00", false),
    ("application/json, text/event-stream;q=0", false), ("application/json", nil), ("*/*", nil),
    ("", nil), ("text/event-streams", nil),
  ]

  @Test(arguments: lists)
  func aNameIsAccepted(list: String, accepts: Bool?) {
    #expect(AcceptList.accepts("text/event-stream", in: Array(list.utf8).span) == accepts)
  }
}
