import Backends
import Bytes
import Configuration
import Exchange
import HTTPClient
import JSON

extension IntegrationTest.Result {
  /// Writes the result as the API has it, times in milliseconds.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("attempt")
    report.write(to: &writer)
    writer.name(report.outcome == .ok ? "content" : "reason")
    if let words { writer.string(words.span) } else { writer.null() }
    writer.name("timings_ms")
    writer.beginObject()
    let times: [(name: StaticString, microseconds: Int)] = [
      ("dns", report.timings.nameResolved), ("connect", report.timings.connected),
      ("tls", report.timings.handshakeDone), ("first_byte", report.timings.firstByte),
      ("total", report.timings.total),
    ]
    for time in times { writer.member(time.name, milliseconds: time.microseconds) }
    writer.endObject()
    writer.endObject()
  }
}

extension JSONWriter {
  /// Writes a time given in microseconds as milliseconds, with a fraction; 0, for a phase that was not needed, as
  /// `null`.
  fileprivate mutating func member(_ name: StaticString, milliseconds microseconds: Int) {
    self.name(name)
    guard microseconds > 0 else { return null() }
    let text = Resource.thousandths(microseconds)
    raw(text.span)
  }
}
