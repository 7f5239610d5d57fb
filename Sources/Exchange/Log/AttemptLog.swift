import Backends
import Bytes
import HTTPClient
import Logging

extension Log {
  /// Logs an attempt that has ended, at `debug`: at `info` the exchange's line has the reasons of failed ones.
  func write(_ report: AttemptReport, request: [UInt8]) {
    write(.debug, "attempt") { line in
      line.field("request_id", request)
      line.field("integration", report.integration)
      line.fields(of: report)
      line.field("ms", report.milliseconds)
      line.fields(of: report.timings)
      if let time = report.firstContentMilliseconds { line.field("first_content_ms", time) }
      line.field("received", report.responseBytes)
      if let reason = report.loggedReason { line.field("backend", reason) }
    }
  }
}

extension LogLine {
  /// When each phase of a transfer was over, from its start; those that a kept connection spares are left out.
  fileprivate mutating func fields(of timings: TransferTimings) {
    phase("dns_ms", timings.nameResolved)
    phase("connect_ms", timings.connected)
    phase("tls_ms", timings.handshakeDone)
    phase("first_byte_ms", timings.firstByte)
  }

  @inline(never)
  private mutating func phase(_ name: StaticString, _ microseconds: Int) {
    if microseconds > 0 { field(name, microseconds / 1000) }
  }

  /// Why attempts of an exchange failed: each message once, with its integration if several failed, and the status of
  /// the last unless another attempt succeeded after it.
  /// Without attempts, what the exchange's ending means.
  @inline(never)
  mutating func reasons(of reports: [AttemptReport], _ ending: ExchangeEnding) {
    if ending == .cancelled {
      return field("message", "the client left before the answer")
    }
    let failed = reports.filter { $0.outcome != .ok }
    guard let last = failed.last else {
      return field(
        "message",
        ending == .timedOut
          ? "the deadline passed while earlier messages of the conversation were answered"
          : "there is no integration to ask: is one of the bot's enabled, with a weight?")
    }
    let isAlone = failed.allSatisfy { $0.integration == last.integration }
    var text: [UInt8] = []
    for (place, report) in failed.enumerated() {
      let isRepeated = failed[..<place].contains {
        $0.integration == report.integration && $0.advice.bytes == report.advice.bytes
      }
      if isRepeated { continue }
      if !text.isEmpty { text += [UInt8](" | ") }
      if !isAlone { text += report.integration + [UInt8](": ") }
      text += report.advice.bytes
    }
    reason(reports.last?.outcome == .ok ? nil : last.status, Text(text))
  }
}
