import Testing
import TestSupport

@testable import Backends

@Suite struct AttemptReportTests {
  private let reports = [
    AttemptReport(
      integration: bytes("gpt"), outcome: .timeout, status: nil, milliseconds: 30000,
      advice: "no \"reply\"", backendReason: bytes("sk-secret")),
    AttemptReport(
      integration: bytes("down"), outcome: .httpError, status: 503, milliseconds: 12,
      advice: "try again later"),
    AttemptReport(
      integration: bytes("claude"), outcome: .ok, status: 200, milliseconds: 812,
      advice: "not for a success"),
  ]

  @Test func tellsAttemptsInAFewWords() {
    #expect(text(AttemptReport.brief(reports)) == "gpt:timeout,down:http_error,claude:ok")
    #expect(AttemptReport.brief([]) == [])
  }

  /// The API's words.
  @Test(arguments: [
    (Outcome.ok, "ok"), (.timeout, "timeout"), (.dnsFailed, "dns_failed"),
    (.connectFailed, "connect_failed"), (.tlsFailed, "tls_failed"), (.authFailed, "auth_failed"),
    (.rateLimited, "rate_limited"), (.httpError, "http_error"), (.invalidJSON, "invalid_json"),
    (.missingContent, "missing_content"), (.tooLarge, "too_large"), (.interrupted, "interrupted"),
    (.breakerOpen, "breaker_open"),
  ])
  func namesOutcomes(outcome: Outcome, name: String) {
    #expect("\(outcome.name)" == name)
  }
}
