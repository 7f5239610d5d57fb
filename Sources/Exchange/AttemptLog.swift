import Backends
import Bytes
import Logging

extension Log {
  /// Logs an attempt that has ended, at `debug`. The backend's own words are masked; they may repeat the user's.
  func write(_ report: AttemptReport, of integration: Integration, request: [UInt8]) {
    write(.debug, "attempt") { line in
      line.field("request_id", request)
      line.field("integration", report.integration)
      line.field("outcome", report.outcome.name)
      if let status = report.status { line.field("status", status) }
      line.field("ms", report.milliseconds)
      if !report.advice.bytes.isEmpty { line.field("message", report.advice) }
      if let reason = report.backendReason {
        line.field("backend", integration.settings.masking(reason))
      }
    }
  }
}
