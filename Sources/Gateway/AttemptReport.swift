public import Bytes
public import HTTPClient
import JSON

/// What came of one attempt at one integration.
public struct AttemptReport {
  /// The integration's id.
  public var integration: [UInt8]
  /// How it ended.
  public var outcome: Outcome
  /// The status code of the backend's answer; `nil` where none came.
  public var status: Int?
  /// From the attempt's start to its end.
  public var milliseconds: Int
  /// For a failure: what happened and what to do about it. Free of secrets and of what the backend said.
  public var advice: Text = ""
  /// Whether the backend refused what the user wrote: then it is for the user to know, and no other backend is asked.
  public var isContentFiltered = false
  /// What the backend itself gave as the reason for a failure: for an administrator's own eyes only, since it may
  /// repeat the user's words or the key.
  public var backendReason: [UInt8]?
  /// When each phase was over; all 0 for an integration without a backend.
  public var timings = TransferTimings()

  /// Writes attempts as the API lists them.
  static func write(_ reports: [AttemptReport], to writer: inout JSONWriter) {
    writer.beginArray()
    for report in reports {
      writer.beginObject()
      writer.member("integration", string: report.integration.span)
      writer.member("outcome", string: report.outcome.name)
      if let status = report.status { writer.member("status", integer: status) }
      writer.member("duration_ms", integer: report.milliseconds)
      if report.outcome != .ok { writer.member("message", string: report.advice.bytes.span) }
      writer.endObject()
    }
    writer.endArray()
  }

  /// Attempts in a few words, `gpt:timeout,claude:ok`.
  static func brief(_ reports: [AttemptReport]) -> [UInt8] {
    var text: [UInt8] = []
    for report in reports {
      if !text.isEmpty { text.append(",") }
      text.append(contentsOf: report.integration)
      text.append(":")
      text.append(report.outcome.name)
    }
    return text
  }
}
