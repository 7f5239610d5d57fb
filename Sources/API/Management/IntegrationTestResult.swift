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
    for time in times { writer.member(time.name, microseconds: time.microseconds) }
    writer.endObject()
    writer.endObject()
  }
}
