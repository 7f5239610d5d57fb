import Backends
import Configuration
@testable import Exchange
import HTTPServer
import JSON
import Platform
import Protocols
import Testing
import TestSupport

@testable import API

/// What the client is told about an exchange.
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
    )
    let reply = try Dialect.custom.decode(
      bytes(
        #"{"content":"H\u00ed!","attachments":[ 1.0 ],"model":"m","metadata":{"usage":{"n":1}}}"#))
    let answer = AnswerFormat(.native, for: settings.bots[0]).response(
      to: Answer(
        content: .reply(reply, by: settings.integrations[0]), identifier: bytes("msg_1"),
        conversation: bytes("conv_\"1"), attempts: reports, time: .now))
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

  @Test(
    arguments: [
      (.failed(timedOut: false), "502 backend_error all_integrations_failed"),
      (.failed(timedOut: true), "504 backend_error all_integrations_failed"),
      (.unavailable(retryAfterSeconds: 7), "503 backend_error all_integrations_failed"),
      (.contentFiltered(reason: "why"), "400 invalid_request_error content_filter"),
    ] as [(Answer.Content, String)])
  func writesFailures(content: Answer.Content, brief: String) throws {
    let bot = try configuration("[bot b]\nerror_message = Sorry").bots[0]
    let response = AnswerFormat(.native, for: bot).response(
      to: Answer(
        content: content, identifier: bytes("msg_1"), conversation: bytes("c"), attempts: reports,
        time: .now))
    let root = try JSONDocument(response.body).root
    let error = try #require(root["error"])
    let words = [error["type"], error["code"]].map { text($0?.string ?? []) }
    #expect("\(response.status) \(words[0]) \(words[1])" == brief)
    #expect(text(error["message"]?.string ?? []) == (response.status == 400 ? "why" : "Sorry"))
    #expect(root["attempts"] != nil)
    #expect(!text(response.body).contains("sk-secret"))
    let fields = Dictionary(
      uniqueKeysWithValues: response.fields.map { ("\($0.name)", text($0.value)) })
    #expect(fields["Retry-After"] == (response.status == 503 ? "7" : nil))
    #expect(
      fields["X-Postern-Attempts"] == """
        gpt;outcome=timeout;ms=30000, down;outcome=http_error;status=503;ms=12, \
        claude;outcome=ok;status=200;ms=812
        """)
  }

  @Test func writesNoAttempts() {
    var writer = JSONWriter()
    AttemptReport.write([], to: &writer)
    #expect(text(writer.finish()) == "[]")
  }
}
