public import Bytes
import Configuration
import Protocols
public import HTTPClient
import JSON
import Platform

/// What came of one attempt at one integration. Complete when it is handed on, and never changed from then on.
public final class AttemptReport {
  /// The integration's id.
  public let integration: [UInt8]
  /// How it ended.
  public internal(set) var outcome: Outcome
  /// The status code of the backend's answer; `nil` where none came.
  public internal(set) var status: Int?
  /// From the attempt's start to its end.
  public let milliseconds: Int
  /// For a failure: what happened and what to do about it. Free of secrets and of what the backend said.
  public internal(set) var advice: Text
  /// What follows from a failure; `nil` for what was not asked at all, and for success.
  var failure: FailureKind?
  /// Why the message was not sent.
  let fault: TranslationFault?
  /// How long the backend asked to be left alone.
  var retryAfter: TimeSpan?
  /// What the backend itself gave as the reason for a failure: for an administrator's own eyes only, since it may
  /// repeat the user's words or the key.
  public internal(set) var backendReason: [UInt8]?
  /// How many events of its stream were passed over because they are no JSON objects.
  var skippedEvents = 0
  /// When each phase was over; all 0 for an integration without a backend.
  public internal(set) var timings = TransferTimings()

  init(
    integration: [UInt8], outcome: Outcome, status: Int? = nil, milliseconds: Int,
    advice: Text = "", failure: FailureKind? = nil, fault: TranslationFault? = nil,
    retryAfter: TimeSpan? = nil, backendReason: [UInt8]? = nil
  ) {
    self.integration = integration
    self.outcome = outcome
    self.status = status
    self.milliseconds = milliseconds
    self.advice = advice
    self.failure = failure
    self.fault = fault
    self.retryAfter = retryAfter
    self.backendReason = backendReason
  }

  /// About what it takes in memory, in bytes. What the backend gave as its reason may be most of it.
  var byteCount: Int { 128 + advice.bytes.count + (backendReason?.count ?? 0) }

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

  /// Attempts in a few words, for the log: `gpt:timeout,claude:ok`.
  static func brief(_ reports: [AttemptReport]) -> [UInt8] {
    var text: [UInt8] = []
    for report in reports {
      if !text.isEmpty { text.append(",") }
      text += report.integration
      text.append(":")
      text.append(report.outcome.name)
    }
    return text
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

extension AttemptReport {
  /// The attempt at an integration that needs no backend.
  static func echoed(_ integration: Integration) -> AttemptReport {
    AttemptReport(
      integration: integration.settings.id, outcome: .ok, status: 200, milliseconds: 0)
  }

  /// No attempt, since the message has no equivalent in the integration's dialect.
  static func notSent(_ integration: Integration, _ fault: TranslationFault) -> AttemptReport {
    AttemptReport(
      integration: integration.settings.id, outcome: .httpError, milliseconds: 0,
      advice: "not sent: \(fault.message)", failure: .refused, fault: fault)
  }

  /// No attempt, since the integration's breaker is open.
  static func breakerOpen(_ integration: Integration, at now: Instant) -> AttemptReport {
    let wait = integration.breaker.wait(at: now)
    return AttemptReport(
      integration: integration.settings.id, outcome: .breakerOpen, milliseconds: 0,
      advice: FailureAdvice.breakerOpen(for: wait), retryAfter: wait)
  }

  /// What the attempt says about the backend: nothing, where the message was not sent.
  var breakerResult: Breaker.Result {
    guard fault == nil else { return .unknown }
    guard let failure, failure.remedy.countsAgainstBackend else { return .works }
    return .failed(retryAfter: retryAfter)
  }

  /// Why the backend's policy refuses the content, for the user.
  func filterReason(of integration: IntegrationSettings) -> Text {
    backendReason.map { Text(integration.masking($0)) } ?? "The backend refuses this content."
  }
}
