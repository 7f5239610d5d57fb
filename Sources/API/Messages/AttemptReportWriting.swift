import Backends
import Bytes
import JSON

extension AttemptReport {
  /// Writes attempts as the API lists them.
  static func write(_ reports: [AttemptReport], to writer: inout JSONWriter) {
    writer.beginArray()
    for report in reports { report.write(to: &writer) }
    writer.endArray()
  }

  /// Writes an attempt as the API has it.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("integration", string: integration)
    writer.member("outcome", string: outcome.name)
    if let status { writer.member("status", integer: status) }
    writer.member("duration_ms", integer: milliseconds)
    if outcome != .ok { writer.member("message", string: advice.bytes) }
    writer.endObject()
  }

  /// The value of `X-Postern-Attempts`: `gpt;outcome=timeout;ms=30000, claude;outcome=ok;status=200;ms=812`.
  static func fieldValue(_ reports: [AttemptReport]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(reports.count * 64)
    for report in reports {
      if !text.isEmpty { text.append(", ") }
      text += report.integration
      text.append(";outcome=")
      text.append(report.outcome.name)
      if let status = report.status {
        text.append(";status=")
        text.append(decimal: status)
      }
      text.append(";ms=")
      text.append(decimal: report.milliseconds)
    }
    return text
  }
}
