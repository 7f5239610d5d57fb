import Protocols
import Testing
import TestSupport

/// Cutting a stream into events.
@Suite struct StreamReaderTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var name: String
    var framing = StreamFraming.events
    var stream: String
    var events: [[String]]

    var testDescription: String { name }
  }

  static let examples: [Example] = [
    Example(
      name: "the standard's stocks", stream: "data: YHOO\ndata: +2\ndata: 10\n\n",
      events: [["", "YHOO\n+2\n10"]]),
    Example(
      name: "the standard's four blocks",
      stream:
        ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
      events: [["", "first event"], ["", "second event"], ["", " third event"]]),
    Example(
      name: "the standard's empty data", stream: "data\n\ndata\ndata\n\ndata:",
      events: [["", ""], ["", "\n"], ["", ""]]),
    Example(
      name: "the standard's blank after the colon", stream: "data:test\n\ndata: test\n\n",
      events: [["", "test"], ["", "test"]]),
    Example(
      name: "types", stream: "event: add\ndata: 1\n\nevent:remove\ndata: 2\n\ndata: 3\n\n",
      events: [["add", "1"], ["remove", "2"], ["", "3"]]),
    Example(
      name: "a type without data is forgotten", stream: "event: a\n\ndata: 1\n\n",
      events: [["", "1"]]),
    Example(
      name: "the last type counts", stream: "event: a\nevent: b\ndata: 1\n\n",
      events: [["b", "1"]]),
    Example(
      name: "CR", stream: "data: 1\rdata: 2\r\rdata: 3\r\r", events: [["", "1\n2"], ["", "3"]]),
    Example(
      name: "CRLF", stream: "data: 1\r\ndata: 2\r\n\r\ndata: 3\r\n\r\n",
      events: [["", "1\n2"], ["", "3"]]),
    Example(
      name: "all three", stream: "data: 1\n\r\rdata: 2\r\n\ndata: 3\r\n\rdata: 4\r\r\n",
      events: [["", "1"], ["", "2"], ["", "3"], ["", "4"]]),
    Example(name: "a byte-order mark", stream: "\u{FEFF}data: 1\n\n", events: [["", "1"]]),
    Example(name: "two of them", stream: "\u{FEFF}\u{FEFF}data: 1\n\n", events: []),
    Example(
      name: "one later on", stream: "\n\u{FEFF}data: 1\n\ndata: 2\n\n", events: [["", "2"]]),
    Example(
      name: "other fields", stream: "Data: 1\nid: 2\nretry: 3\n data: 4\ndata : 5\nx\n:\n\n",
      events: []),
    Example(
      name: "no empty line", stream: "data: 1\n\ndata: 2\n", events: [["", "1"], ["", "2"]]),
    Example(
      name: "no end of the line", stream: "event: a\ndata: 1\ndata: 2", events: [["a", "1\n2"]]),
    Example(name: "a line that is cut off", stream: "data: 1\n\ndat", events: [["", "1"]]),
    Example(name: "a type alone at the end", stream: "data: 1\n\nevent: a", events: [["", "1"]]),
    Example(
      name: "no empty lines between objects",
      stream: "data: {\"a\":1}\r\ndata: {}\ndata: [DONE]\ndata: 1\ndata: {}\n\n",
      events: [["", "{\"a\":1}"], ["", "{}"], ["", "[DONE]"], ["", "1\n{}"]]),
    Example(
      name: "nor after the last", stream: "event: a\ndata: {}\ndata: {\"b\":1}",
      events: [["a", "{}"], ["", "{\"b\":1}"]]),
    Example(
      name: "an object of several lines", stream: "data: {\ndata: \"a\":\ndata: {}}\n\n",
      events: [["", "{\n\"a\":\n{}}"]]),
    Example(
      name: "a type after the data", stream: "data: {}\nevent: a\n\n", events: [["a", "{}"]]),
    Example(
      name: "errors of llama.cpp", stream: "data: 1\n\nerror: {\"code\":400}\n\ndata: 2\n\n",
      events: [["", "1"], ["error", "{\"code\":400}"], ["", "2"]]),
    Example(name: "a colon in the value", stream: "data: a: b\n\n", events: [["", "a: b"]]),
    Example(name: "nothing", stream: "", events: []),
    Example(
      name: "lines", framing: .lines, stream: "{\"a\":1}\n\n \t\r\n{\"b\":\r2}\r\n{\"c\":3}",
      events: [["", "{\"a\":1}"], ["", "{\"b\":\r2}\r"], ["", "{\"c\":3}"]]),
    Example(
      name: "lines after a byte-order mark", framing: .lines, stream: "\u{FEFF}1\n2\n",
      events: [["", "1"], ["", "2"]]),
  ]

  @Test(arguments: examples)
  func cuts(example: Example) {
    #expect(read(bytes(example.stream), example.framing, by: 1000) == example.events)
  }

  /// Every cut at two places, and byte by byte.
  @Test(arguments: examples)
  func cutsHoweverTheBytesCome(example: Example) {
    let stream = bytes(example.stream)
    #expect(read(stream, example.framing, by: 1) == example.events)
    for first in 0...stream.count {
      for second in first...stream.count {
        var reader = StreamReader(example.framing, limit: 100)
        var events: [[String]] = []
        for part in [stream[..<first], stream[first..<second], stream[second...]] {
          feed(Array(part), to: &reader, &events)
        }
        finish(&reader, &events)
        #expect(events == example.events, "cut at \(first) and \(second)")
      }
    }
  }

  @Test(arguments: StreamFraming.allCases)
  func endsAtTheLimit(framing: StreamFraming) {
    for (count, size) in [(10, 1), (11, 1), (11, 100), (100, 7)] {
      let data = String(repeating: "x", count: count)
      let stream = bytes(framing == .events ? "data:\(data)\n\n" : "\(data)\n")
      let limit = framing == .events ? 15 : 10
      var reader = StreamReader(framing, limit: limit)
      var events: [[String]] = []
      for start in stride(from: 0, to: stream.count, by: size) {
        feed(Array(stream[start..<min(start + size, stream.count)]), to: &reader, &events)
      }
      if count > 10, framing == .lines || count > 15 || size == 1 {
        #expect(reader.isOverLimit)
        #expect(events.isEmpty)
      } else {
        #expect(!reader.isOverLimit)
        #expect(events == [["", data]])
      }
    }
  }

  /// Comments and endless white space take no memory; an endless line is over the limit.
  @Test func keepsNothingOfWhatIsNoEvent() {
    var reader = StreamReader(.events, limit: 20)
    var events: [[String]] = []
    for _ in 0..<1000 { feed(bytes(": ping\n\n\r\nretry: 10\n"), to: &reader, &events) }
    #expect(!reader.isOverLimit && events.isEmpty)
    for _ in 0..<10 { feed(bytes(": endless"), to: &reader, &events) }
    #expect(reader.isOverLimit)
  }

  private func read(_ stream: [UInt8], _ framing: StreamFraming, by size: Int) -> [[String]] {
    var reader = StreamReader(framing, limit: 100)
    var events: [[String]] = []
    for start in stride(from: 0, to: stream.count, by: size) {
      feed(Array(stream[start..<min(start + size, stream.count)]), to: &reader, &events)
    }
    finish(&reader, &events)
    return events
  }

  private func feed(_ part: [UInt8], to reader: inout StreamReader, _ events: inout [[String]]) {
    var position = 0
    while let event = reader.next(in: part.span, from: &position) {
      events.append([text(event.type), text(event.data)])
    }
    if !reader.isOverLimit { #expect(position == part.count) }
  }

  private func finish(_ reader: inout StreamReader, _ events: inout [[String]]) {
    while let event = reader.finish() { events.append([text(event.type), text(event.data)]) }
  }
}
