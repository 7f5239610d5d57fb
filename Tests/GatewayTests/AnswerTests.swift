import Configuration
import Dialects
import HTTPServer
import JSON
import Testing

@testable import Gateway

/// What the client is told of an exchange.
@Suite struct AnswerTests {
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

  @Test func writesTheReply() throws {
    let settings = try configuration(
      """
      [bot b]
      [integration claude]
      name = "Claude \\"Sonnet\\""
      type = custom
      webhook_url = http://127.0.0.1/
      fallback = yes
      """
    ).integrations[0]
    let reply = try Dialect.custom.decode(
      bytes(
        #"{"content":"H\u00ed!","attachments":[ 1.0 ],"model":"m","metadata":{"usage":{"n":1}}}"#))
    let answer = ReplyAnswer(
      identifier: bytes("msg_1"), conversation: bytes("conv_\"1"), integration: settings,
      attempts: reports, reply: reply
    ).response
    #expect(answer.status == 200)
    #expect(answer.contentType.map { "\($0)" } == "application/json")
    let body = text(answer.body)
    #expect(throws: Never.self) { _ = try JSONDocument(answer.body) }
    let created = try #require(body.firstMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/#))
    #expect(
      body.replacing(created.output, with: "NOW") == #"""
        {"data":{"id":"msg_1","conversation_id":"conv_\"1","role":"assistant","content":"H\u00ed!",\#
        "integration":{"id":"claude","name":"Claude \"Sonnet\""},"fallback":true,"attempts":[\#
        {"integration":"gpt","outcome":"timeout","duration_ms":30000,"message":"no \"reply\""},\#
        {"integration":"down","outcome":"http_error","status":503,"duration_ms":12,"message":"try again later"},\#
        {"integration":"claude","outcome":"ok","status":200,"duration_ms":812}],\#
        "attachments":[ 1.0 ],"metadata":{"model":"m","usage":{"n":1}},"created_at":"NOW"}}
        """#)
  }

  @Test func writesNoAttempts() {
    var writer = JSONWriter()
    AttemptReport.write([], to: &writer)
    #expect(text(writer.finish()) == "[]")
  }

  @Test func tellsAttemptsInAFewWords() {
    #expect(text(AttemptReport.brief(reports)) == "gpt:timeout,down:http_error,claude:ok")
    #expect(AttemptReport.brief([]) == [])
  }

  /// The words of the API.
  @Test(arguments: [
    (Outcome.ok, "ok"), (.timeout, "timeout"), (.dnsFailed, "dns_failed"),
    (.connectFailed, "connect_failed"), (.tlsFailed, "tls_failed"), (.authFailed, "auth_failed"),
    (.rateLimited, "rate_limited"), (.httpError, "http_error"), (.invalidJSON, "invalid_json"),
    (.missingContent, "missing_content"), (.tooLarge, "too_large"), (.interrupted, "interrupted"),
  ])
  func namesOutcomes(outcome: Outcome, name: String) {
    #expect("\(outcome.name)" == name)
  }
}
