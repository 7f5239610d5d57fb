import Bytes
import JSON
import Testing

@testable import Logging

/// Exact lines, except for their time.
@Suite struct LogLineTests {
  @Test(arguments: [
    ("gpt-4o", "gpt-4o"), ("", "\"\""), ("two words", "\"two words\""), ("a\tb", "\"a\\tb\""),
    ("a=b", "\"a=b\""), ("say \"hi\"", "\"say \\\"hi\\\"\""), ("back\\slash", "back\\slash"),
    ("C:\\a b", "\"C:\\\\a b\""), ("a\nlevel=error", "\"a\\nlevel=error\""),
    ("\u{1B}[31m", "\"\\u001b[31m\""), ("\u{7F}", "\"\u{7F}\""), ("caf\u{E9}", "\"caf\u{E9}\""),
    ("http://h/p?q#f", "http://h/p?q#f"),
  ])
  func quotesWhereNeeded(value: String, written: String) {
    #expect(text { $0.field("f", Array(value.utf8)) } == "info event f=\(written)\n")
  }

  @Test func writesText() {
    let line = text { line in
      line.field("bot", [UInt8]("support"))
      line.field("literal", "two words")
      line.field("reason", Text("no such file"))
      line.field("attempts", -2)
    }
    #expect(
      line == """
        info event bot=support literal="two words" reason="no such file" attempts=-2

        """)
  }

  @Test func writesJSON() {
    let line = json { line in
      line.field("bot", Array("a\"b\n\u{1}".utf8))
      line.field("literal", "two words")
      line.field("reason", Text("no such file"))
      line.field("attempts", -2)
    }
    #expect(
      line == #"""
        {"time":TIME,"level":"info","event":"event","bot":"a\"b\n\u0001","literal":"two words",\#
        "reason":"no such file","attempts":-2}

        """#)
  }

  /// Invalid UTF-8 does not make a line unreadable.
  @Test func staysReadableWhateverIsLogged() throws {
    let bad: [UInt8] = [0x61, 0xFF, 0xC3, 0x0A]
    #expect(text { $0.field("f", bad) } == "info event f=\"a\u{FFFD}\u{FFFD}\\n\"\n")
    #expect(json { $0.field("f", bad) }.hasSuffix("\"f\":\"a\u{FFFD}\u{FFFD}\\n\"}\n"))
    for byte in UInt8.min...UInt8.max {
      let bytes = line(.info, .json) { $0.field("f", [byte]) }
      #expect(throws: Never.self) { _ = try JSONDocument(bytes) }
      #expect(bytes.count { $0 == 0x0A } == 1)
    }
  }

  /// The journal keeps time and level itself; it reads the level at the start of a line.
  @Test(arguments: [
    (LogLevel.error, "<3>", "error"), (.warning, "<4>", "warning"), (.info, "<6>", "info"),
    (.debug, "<7>", "debug"),
  ])
  func tellsTheJournalItsLevel(level: LogLevel, priority: String, name: String) {
    let text = string(line(level, .text, forJournal: true) { $0.field("a", 1) })
    #expect(text == "\(priority)\(name) event a=1\n")
    let object = string(line(level, .json, forJournal: true) { _ in })
    #expect(object.hasPrefix("\(priority){\"time\":\""))
    #expect(object.hasSuffix(",\"level\":\"\(name)\",\"event\":\"event\"}\n"))
  }

  /// A text line without its time, whose form is checked.
  private func text(_ fill: (inout LogLine) -> Void) -> String {
    let line = string(line(.info, .text, fill))
    #expect(line.prefixMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /#) != nil)
    return String(line.dropFirst("2026-01-15T10:00:00.000Z ".count))
  }

  /// A JSON line with its time replaced.
  private func json(_ fill: (inout LogLine) -> Void) -> String {
    string(line(.info, .json, fill)).replacing(
      #/"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/#, with: "TIME", maxReplacements: 1)
  }

  /// A line as it is written after an earlier one.
  private func line(
    _ level: LogLevel, _ format: LogFormat, forJournal: Bool = false,
    _ fill: (inout LogLine) -> Void
  ) -> [UInt8] {
    let buffer = ByteBuffer(capacity: 1)
    buffer.append("earlier\n")
    var line = LogLine(level, "event", format: format, forJournal: forJournal, to: buffer)
    fill(&line)
    line.finish()
    buffer.removeFirst(8)
    return buffer.bytes
  }

  private func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
