import Platform
import Protocols
import Testing
import TestSupport

@testable import Backends
@testable import HTTPClient

@Suite struct VerdictTests {
  @Test(
    arguments: [
      (200, #"{"content":"hi"}"#, .ok), (201, #"{"content":"hi"}"#, .ok),
      (200, "oops", .invalidJSON),
      (200, "", .invalidJSON), (204, "", .invalidJSON), (200, "{}", .missingContent),
      (200, #"{"content":""}"#, .missingContent), (200, #"{"error":"x"}"#, .httpError),
      // A reply with another status is not a reply.
      (400, #"{"content":"hi"}"#, .httpError), (401, "", .authFailed), (403, "", .authFailed),
      (404, "", .httpError), (408, "", .httpError), (429, "", .rateLimited), (500, "", .httpError),
      (502, "", .httpError), (503, "", .httpError), (529, "", .httpError), (301, "", .httpError),
      (304, "", .httpError), (600, "", .httpError),
    ] as [(Int, String, Outcome)])
  func sortsAnswers(status: Int, body: String, outcome: Outcome) {
    let verdict = Verdict(of: result(nil, status: status, body: body), dialect: .custom)
    #expect(verdict.outcome == outcome)
    #expect((verdict.reply != nil) == (outcome == .ok))
    #expect(verdict.advice.bytes.isEmpty == (outcome == .ok))
    if outcome == .ok { #expect(verdict.reply?.content == bytes(#""hi""#)) }
  }

  /// The body of a failed transfer is not read, even if it seems whole.
  @Test(
    arguments: [
      (.nameNotResolved, .dnsFailed), (.connectFailed, .connectFailed),
      (.addressRefused, .connectFailed), (.proxyUnreachable, .connectFailed),
      (.proxyRefused, .connectFailed), (.proxyUnauthorized, .connectFailed),
      (.handshakeFailed, .tlsFailed),
      (.certificateNotTrusted, .tlsFailed), (.authorityUnusable, .tlsFailed),
      (.identityUnusable, .tlsFailed), (.identityRefused, .tlsFailed),
      (.interrupted, .interrupted), (.notHTTP, .httpError),
      (.headTooLarge, .tooLarge), (.other(code: 27), .httpError),
    ] as [(TransferFailure, Outcome)])
  func sortsFailures(failure: TransferFailure, outcome: Outcome) {
    for status in [0, 200, 401, 500] {
      let verdict = Verdict(
        of: result(failure, status: status, body: #"{"content":"hi"}"#), dialect: .custom)
      #expect(verdict.outcome == outcome)
      #expect(verdict.reply == nil)
      #expect(!verdict.advice.bytes.isEmpty)
    }
  }

  /// The size of an error's body does not matter.
  @Test(
    arguments: [(200, .tooLarge), (401, .authFailed), (429, .rateLimited), (500, .httpError)]
      as [(Int, Outcome)])
  func sortsWhatIsTooLargeByItsStatus(status: Int, outcome: Outcome) {
    let verdict = Verdict(of: result(.tooLarge, status: status, body: "x"), dialect: .custom)
    #expect(verdict.outcome == outcome)
  }

  /// The failure table, row by row: the same integration again, the next one, and whether it counts
  /// against the backend.
  @Test(
    arguments: [
      (.unreachable, "again next outage"), (.unavailable, "again next failure"),
      (.loading, "again next nothing"), (.timeout, "never next failure"),
      (.notTrusted, "never next failure"), (.quotaExhausted, "never next exhaustion"),
      (.contextTooLong, "never next health"), (.contentFiltered, "never end health"),
      (.requestTimedOut, "again next health"), (.refused, "never next health"),
      (.noContent, "never next health"), (.unusable, "never next failure"),
      (.broken, "once next failure"),
    ] as [(FailureKind, String)])
  func hasARemedyForEachFailure(kind: FailureKind, words: String) {
    #expect(kind.remedy.words == words)
  }

  /// The row of an answer in every dialect.
  @Test(arguments: Dialect.allCases)
  func sortsAnswersIntoRows(dialect: Dialect) {
    let rows: [(ClosedRange<Int>, FailureKind)] = [
      (300...399, .unusable), (400...400, .refused), (401...401, .notTrusted),
      (402...402, .quotaExhausted), (403...403, .notTrusted), (404...407, .refused),
      (408...408, .requestTimedOut), (409...428, .refused),
      (429...429, .unavailable), (430...499, .refused), (500...500, .unavailable),
      (501...501, .unusable), (502...504, .unavailable), (505...519, .unusable),
      (520...529, .unavailable), (530...999, .unusable),
    ]
    for (statuses, kind) in rows {
      for status in statuses {
        let verdict = Verdict(of: result(nil, status: status, body: "{}"), dialect: dialect)
        #expect(verdict.failure == kind, "\(status)")
      }
    }
    for body in ["", "oops", "{}", #"{"content":""}"#, #"{"content":null}"#] {
      let verdict = Verdict(of: result(nil, status: 200, body: body), dialect: dialect)
      #expect(verdict.failure == (body.hasPrefix("{") ? .noContent : .unusable), "\(body)")
    }
  }

  @Test(
    arguments: [
      (.nameNotResolved, .unreachable), (.connectFailed, .unreachable),
      (.addressRefused, .notTrusted), (.handshakeFailed, .unreachable),
      (.interrupted, .unreachable),
      (.certificateNotTrusted, .notTrusted), (.authorityUnusable, .notTrusted),
      (.identityUnusable, .notTrusted), (.identityRefused, .notTrusted),
      (.tooLarge, .unusable), (.headTooLarge, .unusable), (.notHTTP, .unusable),
      (.other(code: 27), .unusable),
    ] as [(TransferFailure, FailureKind)])
  func sortsTransferFailuresIntoRows(failure: TransferFailure, kind: FailureKind) {
    let verdict = Verdict(
      of: result(failure, status: 200, body: #"{"content":"hi"}"#), dialect: .custom)
    #expect(verdict.failure == kind)
  }

  /// The words of an error matter, with the statuses that they come with.
  @Test(
    arguments: [
      (.contextTooLong, .contextTooLong, [400, 413, 422, 500], [401, 403, 429]),
      (.contentFiltered, .contentFiltered, [400, 403, 422, 429, 451, 500], [301]),
      (.quotaExhausted, nil, [400, 402, 403, 429], [500]),
      (.loading, .loading, [503], [400, 500]),
    ] as [(FailureKind, Outcome?, [Int], [Int])])
  func believesWords(kind: FailureKind, outcome: Outcome?, statuses: [Int], others: [Int]) {
    for dialect in Dialect.allCases {
      for status in statuses {
        let verdict = Verdict(
          of: result(nil, status: status, body: Self.errors[kind]!), dialect: dialect)
        #expect(verdict.failure == kind, "\(status)")
        if let outcome { #expect(verdict.outcome == outcome) }
        #expect(verdict.backendReason?.isEmpty == false)
      }
      for status in others {
        let verdict = Verdict(
          of: result(nil, status: status, body: Self.errors[kind]!), dialect: dialect)
        #expect(verdict.failure != kind, "\(status)")
      }
    }
  }

  static let errors: [FailureKind: String] = [
    .contextTooLong: #"{"error":{"code":"context_length_exceeded","message":"m"}}"#,
    .contentFiltered: #"{"error":{"code":"content_filter","message":"m"}}"#,
    .quotaExhausted: #"{"error":{"code":"insufficient_quota","message":"m"}}"#,
    .loading: #"{"error":{"code":503,"message":"Loading model"}}"#,
  ]

  @Test(
    arguments: [
      (#"{"error":{"code":"context_length_exceeded"}}"#, .contextTooLong),
      (
        #"{"error":{"type":"invalid_request_error","message":"prompt is too long: 2 > 1"}}"#,
        .contextTooLong
      ),
      (#"{"error":{"type":"exceed_context_size_error","code":400}}"#, .contextTooLong),
      (#"{"error":{"code":"content_filter"}}"#, .contentFiltered),
      (#"{"error":{"code":"content_policy_violation","message":"No."}}"#, .contentFiltered),
      (#"{"error":{"code":"unknown_parameter"}}"#, .refused),
    ] as [(String, FailureKind)])
  func looksIntoBadRequests(body: String, kind: FailureKind) {
    for dialect in Dialect.allCases {
      let verdict = Verdict(of: result(nil, status: 400, body: body), dialect: dialect)
      #expect(verdict.failure == kind)
      #expect((verdict.outcome == .httpError) == (kind == .refused))
    }
  }

  /// What a success says in place of a reply.
  @Test(
    arguments: [
      (
        .openai,
        #"{"choices":[{"finish_reason":"content_filter","message":{"role":"assistant"}}]}"#,
        .contentFiltered, .contentFiltered
      ),
      (.openai, #"{"choices":[{"finish_reason":"SAFETY"}]}"#, .contentFiltered, .contentFiltered),
      (
        .openai, #"{"choices":[],"promptFeedback":{"blockReason":"OTHER"}}"#, .contentFiltered,
        .contentFiltered
      ),
      (.anthropic, #"{"content":[],"stop_reason":"refusal"}"#, .contentFiltered, .contentFiltered),
      (.custom, #"{"content":"","finish_reason":"refusal"}"#, .contentFiltered, .contentFiltered),
      (.custom, #"{"error":{"code":"content_filter"}}"#, .contentFiltered, .contentFiltered),
      (.custom, #"{"error":{"code":"other"}}"#, .httpError, .broken),
      (.openai, #"{"error":{"code":402}}"#, .httpError, .quotaExhausted),
      (
        .openai,
        #"{"choices":[{"finish_reason":"length","message":{"content":"","reasoning_content":"h"}}]}"#,
        .missingContent, .noContent
      ),
      (
        .openai, #"{"choices":[{"finish_reason":"error","message":{"content":"Half"}}]}"#,
        .interrupted, .broken
      ),
      (
        .openai, #"{"choices":[{"error":{"code":502},"message":{"content":"Half"}}]}"#,
        .httpError, .broken
      ),
      (
        .openai,
        #"{"choices":[{"error":{"code":"content_filter"},"message":{"content":"Half"}}]}"#,
        .contentFiltered, .contentFiltered
      ),
    ] as [(Dialect, String, Outcome, FailureKind)])
  func looksIntoSuccesses(dialect: Dialect, body: String, outcome: Outcome, kind: FailureKind) {
    let verdict = Verdict(of: result(nil, status: 200, body: body), dialect: dialect)
    #expect(verdict.outcome == outcome)
    #expect(verdict.failure == kind)
    #expect(verdict.reply == nil)
  }

  /// A stream that was not asked for is read all the same.
  @Test(
    arguments: [
      "data: {\"content\":\"h\"}\n\ndata: {\"content\":\"i\"}\n\ndata: [DONE]\n\n",
      ": ping\n\nevent: delta\ndata: {\"content\":\"hi\",\"done\":true}",
      "\u{FEFF}data: {\"content\":\"hi\",\"finish_reason\":\"stop\"}\n\n",
      "{\"content\":\"h\"}\n{\"content\":\"i\",\"done\":true}\n", "\u{FEFF}{\"content\":\"hi\"}",
    ])
  func readsStreams(body: String) {
    let verdict = Verdict(of: result(nil, status: 200, body: body), dialect: .custom)
    #expect(verdict.reply?.content == bytes(#""hi""#))
  }

  @Test(
    arguments: [
      ("data: {\"content\":\"hi\"}\n\n", .interrupted, .broken),
      ("data: {\"content\":\"hi\n\ndata: [DONE]\n\n", .invalidJSON, .broken),
      ("data: {\"error\":\"x\"}\n\n", .httpError, .broken),
      ("data: [{\"error\":\"x\"}]\n\n", .httpError, .broken),
      ("{\"a\":1}\n{\"b\":2}", .invalidJSON, .unusable),
    ] as [(String, Outcome, FailureKind)])
  func readsNoBrokenStreams(body: String, outcome: Outcome, kind: FailureKind) {
    let verdict = Verdict(of: result(nil, status: 200, body: body), dialect: .custom)
    #expect(verdict.outcome == outcome)
    #expect(verdict.failure == kind)
  }

  @Test(
    arguments: [
      (.custom, #"{"content":"hi"}"#), (.openai, #"{"choices":[{"message":{"content":"hi"}}]}"#),
      (.anthropic, #"{"content":[{"type":"text","text":"hi"}]}"#),
    ] as [(Dialect, String)])
  func readsEachDialect(dialect: Dialect, body: String) {
    for other in Dialect.allCases {
      let verdict = Verdict(of: result(nil, status: 200, body: body), dialect: other)
      // Anthropic's blocks are message parts, which a custom backend may answer with.
      let isReply = other == dialect || (dialect == .anthropic && other == .custom)
      #expect(verdict.outcome == (isReply ? .ok : .missingContent))
    }
  }

  /// Each status has advice of its own that names it; none repeats the backend's words.
  @Test func advisesWithoutRepeatingTheBackend() {
    for status in [300, 302, 400, 401, 403, 404, 405, 413, 418, 422, 429, 500, 502, 503, 529, 600] {
      let verdict = Verdict(of: result(nil, status: status, body: "sk-secret"), dialect: .openai)
      let advice = verdict.advice.description
      #expect(advice.contains("\(status)"))
      #expect(!advice.contains("sk-secret"))
    }
    let bad = Verdict(of: result(nil, status: 200, body: "sk-secret"), dialect: .openai)
    #expect(!bad.advice.description.contains("sk-secret"))
  }

  @Test(arguments: [
    (401, "check the value and form of its header"), (404, "check the path of webhook_url"),
    (307, "redirects"), (429, "limits the rate"), (413, "lower window"), (400, "check type, model"),
  ])
  func saysWhatToDo(status: Int, words: String) {
    #expect(FailureAdvice.status(status).description.contains(words))
  }

  @Test(arguments: [
    (404, #"{"error":{"message":"The model `gpt-9` does not exist"}}"#, "does not offer the model"),
    (404, #"{"error":"model 'llama9' not found"}"#, "does not offer the model"),
    (
      404, #"{"error":{"type":"not_found_error","message":"model: c"}}"#, "does not offer the model"
    ),
    (404, #"{"error":{"message":"The API deployment for this resource does not exist"}}"#, "offer"),
    (400, #"{"error":{"message":"x is not a valid model ID"}}"#, "does not offer the model (400)"),
    (400, #"{"message":"Invalid model: x"}"#, "does not offer the model"),
    (
      400, #"{"error":{"message":"temperature is not supported with this model"}}"#,
      "param settings"
    ),
    (404, #"{"error":{"message":"Invalid URL (POST /v1)"}}"#, "path of webhook_url"),
    (404, "<html>model", "path of webhook_url"),
    (400, "<title>400 The plain HTTP request was sent to HTTPS port</title>", "write https://"),
    (400, "Client sent an HTTP request to an HTTPS server.", "write https://"),
    (400, "Reason: You're speaking plain HTTP to an SSL-enabled server port.", "write https://"),
    (403, "Client sent an HTTP request to an HTTPS server.", "forbids"),
  ])
  func readsWhatTheErrorIsAbout(status: Int, body: String, words: String) {
    let verdict = Verdict(of: result(nil, status: status, body: body), dialect: .openai)
    #expect(verdict.advice.description.contains(words))
  }

  /// Without TLS, what looks like a fault of the server may be that it wants TLS.
  @Test(arguments: [
    (TransferFailure.interrupted, false, "https://"), (.interrupted, true, "see its log"),
    (.notHTTP, false, "https://"), (.notHTTP, true, "not an HTTP server"),
  ])
  func thinksOfTLS(failure: TransferFailure, usesTLS: Bool, words: String) {
    var result = result(failure, status: 0, body: "")
    result.usesTLS = usesTLS
    let advice = FailureAdvice.transfer(failure, result).description
    #expect(advice.contains(words))
    #expect(advice.contains("https://") == !usesTLS)
  }

  @Test(arguments: [
    ("SSL certificate problem: certificate has expired", "renewed"),
    ("server certificate expiration date has passed.", "renewed"),
    ("unable to get local issuer certificate", "ca_file"),
  ])
  func tellsExpiredCertificates(detail: String, words: String) {
    var result = result(.certificateNotTrusted, status: 0, body: "")
    result.detail = .init(bytes(detail))
    #expect(FailureAdvice.transfer(.certificateNotTrusted, result).description.contains(words))
  }

  @Test func saysHowLongItWaited() {
    #expect(
      FailureAdvice.timeout(after: .milliseconds(1500)).description.hasPrefix(
        "no whole reply within 1500 ms"))
  }

  @Test(arguments: [
    (TransferFailure.nameNotResolved, 0, "", "cannot be resolved"),
    (.connectFailed, 0, "", "is the backend running"),
    (.addressRefused, 0, "", "write the address itself"),
    (.handshakeFailed, 0, "", "TLS handshake"),
    (.certificateNotTrusted, 0, "self-signed", "(self-signed)"),
    (.authorityUnusable, 0, "", "ca_file"),
    (.identityUnusable, 0, "", "client_key"),
    (.identityRefused, 0, "alert certificate required", "(alert certificate required)"),
    (.interrupted, 0, "", "before it answered"),
    (.interrupted, 200, "", "ended before it was whole"),
    (.notHTTP, 0, "", "not an HTTP server"), (.tooLarge, 200, "", "max_response"),
    (.other(code: 27), 0, "", "error 27"),
  ])
  func saysWhatFailed(failure: TransferFailure, status: Int, detail: String, words: String) {
    let result = TransferResult(
      failure: failure, status: status, body: bytes("sk-secret"), timings: TransferTimings(),
      detail: .init(bytes(detail)))
    let advice = FailureAdvice.transfer(failure, result).description
    #expect(advice.contains(words))
    #expect(!advice.contains("sk-secret"))
  }

  private func result(_ failure: TransferFailure?, status: Int, body: String) -> TransferResult {
    TransferResult(
      failure: failure, status: status, body: bytes(body), timings: TransferTimings(), detail: "")
  }
}

extension Remedy {
  fileprivate var words: String {
    let again =
      switch repetition {
      case .never: "never"
      case .once: "once"
      case .retries: "again"
      }
    return "\(again) \(asksNext ? "next" : "end") \(shows)"
  }
}
