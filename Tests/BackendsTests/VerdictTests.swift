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
      (200, #"{"content":""}"#, .missingContent), (200, #"{"error":"x"}"#, .missingContent),
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
      (.addressRefused, .connectFailed), (.handshakeFailed, .tlsFailed),
      (.certificateNotTrusted, .tlsFailed), (.authorityUnusable, .tlsFailed),
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
      (.unreachable, "again next counts"), (.unavailable, "again next counts"),
      (.timeout, "next counts"), (.notTrusted, "next counts"), (.contextTooLong, "next"),
      (.contentFiltered, ""), (.refused, "next"), (.unusable, "next counts"),
      (.streamBroken, "once next counts"),
    ] as [(FailureKind, String)])
  func hasARemedyForEachFailure(kind: FailureKind, words: String) {
    #expect(kind.remedy.words == words)
  }

  /// The row of an answer in every dialect.
  @Test(arguments: Dialect.allCases)
  func sortsAnswersIntoRows(dialect: Dialect) {
    let rows: [(ClosedRange<Int>, FailureKind)] = [
      (300...399, .unusable), (400...400, .refused), (401...401, .notTrusted),
      (402...402, .refused), (403...403, .notTrusted), (404...428, .refused),
      (429...429, .unavailable), (430...499, .refused), (500...500, .unavailable),
      (501...501, .unusable), (502...504, .unavailable), (505...528, .unusable),
      (529...529, .unavailable), (530...999, .unusable),
    ]
    for (statuses, kind) in rows {
      for status in statuses {
        let verdict = Verdict(of: result(nil, status: status, body: "{}"), dialect: dialect)
        #expect(verdict.failure == kind, "\(status)")
      }
    }
    for body in ["", "oops", "{}", #"{"content":""}"#, #"{"content":null}"#] {
      let verdict = Verdict(of: result(nil, status: 200, body: body), dialect: dialect)
      #expect(verdict.failure == .unusable, "\(body)")
    }
  }

  @Test(
    arguments: [
      (.nameNotResolved, .unreachable), (.connectFailed, .unreachable),
      (.addressRefused, .notTrusted), (.handshakeFailed, .unreachable),
      (.interrupted, .unreachable),
      (.certificateNotTrusted, .notTrusted), (.authorityUnusable, .notTrusted),
      (.tooLarge, .unusable), (.headTooLarge, .unusable), (.notHTTP, .unusable),
      (.other(code: 27), .unusable),
    ] as [(TransferFailure, FailureKind)])
  func sortsTransferFailuresIntoRows(failure: TransferFailure, kind: FailureKind) {
    let verdict = Verdict(
      of: result(failure, status: 200, body: #"{"content":"hi"}"#), dialect: .custom)
    #expect(verdict.failure == kind)
  }

  /// The words of a 400 matter; with another status the same words have no meaning.
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
      #expect(verdict.outcome == .httpError)
      let other = Verdict(of: result(nil, status: 500, body: body), dialect: dialect)
      #expect(other.failure == .unavailable)
    }
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
    [
      (repetition == .retries, "again"), (repetition == .once, "once"), (asksNext, "next"),
      (countsAgainstBackend, "counts"),
    ]
    .filter { $0.0 }.map { $0.1 }.joined(separator: " ")
  }
}
