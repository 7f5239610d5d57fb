import Backends
import JSON
import Protocols
import Testing
import TestSupport

@testable import API
@testable import HTTPServer

@Suite struct APIErrorTests {
  @Test func writesTheErrorObject() {
    var error = APIError.invalid("user.id", "say \"please\"")
    error.fields.append(("X-Field", bytes("value")))
    let response = error.response()
    #expect(response.status == 400)
    #expect(response.contentType.map { "\($0)" } == "application/json")
    #expect(response.fields.map { "\($0.name): \(text($0.value))" } == ["X-Field: value"])
    #expect(
      text(response.body) == """
        {"error":{"type":"invalid_request_error","code":"invalid_parameter","message":"say \\"please\\"",\
        "param":"user.id"}}
        """)
  }

  /// The same error in every shape, which the path decides.
  @Test(
    arguments: [
      (
        "/v1/bots/b/messages", false,
        #"{"error":{"type":"not_found_error","code":"not_found","#
          + #""message":"m","param":"p"}}"#
      ),
      (
        "/v1/chat/completions", false,
        #"{"error":{"message":"m","type":"not_found_error","#
          + #""param":"p","code":"not_found"}}"#
      ),
      (
        "/v1/chat/other", true,
        #"{"error":{"message":"m","type":"not_found_error","#
          + #""param":"p","code":"not_found"}}"#
      ),
      (
        "/v1/embeddings", false,
        #"{"error":{"message":"m","type":"not_found_error","#
          + #""param":"p","code":"not_found"}}"#
      ),
      (
        "/v1/audio/speech", false,
        #"{"error":{"message":"m","type":"not_found_error","#
          + #""param":"p","code":"not_found"}}"#
      ),
      (
        "/v1/models/m", false,
        #"{"error":{"message":"m","type":"not_found_error","#
          + #""param":"p","code":"not_found"}}"#
      ),
      (
        "/v1/models", true,
        #"{"type":"error","error":{"type":"not_found_error","#
          + #""message":"m","code":"not_found","param":"p"}}"#
      ),
      (
        "/v1/messages", false,
        #"{"type":"error","error":{"type":"not_found_error","#
          + #""message":"m","code":"not_found","param":"p"}}"#
      ),
    ])
  func takesTheFaceOfThePath(path: String, isAnthropic: Bool, body: String) throws {
    let segments = Target(bytes(path).span)?.segments
    let error = APIError(.notFound, "m", parameter: "p")
    let response = error.response(as: Face(segments, isAnthropic: { isAnthropic }))
    #expect(text(response.body) == body)
    #expect(response.status == 404)
  }

  @Test func saysWhenToTryAgain() {
    let error = APIError.tryAgain(.conversationBusy, "Busy.", afterSeconds: 7)
    #expect(error.brief == "429 rate_limit_error conversation_busy")
    #expect(error.field("Retry-After") == "7")
  }

  @Test(
    arguments: [
      (.ambiguous("two Host fields"), "400 invalid_request_error invalid_request"),
      (.badTarget, "400 invalid_request_error invalid_request"),
      (.versionNotSupported, "505 invalid_request_error version_not_supported"),
      (.fieldsTooLarge, "431 invalid_request_error headers_too_large"),
      (.bodyTooLarge(limit: 262144), "413 invalid_request_error body_too_large"),
      (.stopping, "503 overloaded_error stopping"),
    ] as [(Refusal, String)])
  func answersWhatTheServerRefuses(refusal: Refusal, brief: String) {
    let error = APIError(refusal)
    #expect(error.brief == brief)
    #expect(!error.message.bytes.isEmpty)
    if case .bodyTooLarge(let limit) = refusal {
      #expect(error.message.description.contains("\(limit)"))
    }
  }
}
