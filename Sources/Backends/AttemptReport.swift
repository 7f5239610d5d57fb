package import Bytes
package import Configuration
package import HTTPClient
package import Platform
package import Protocols

/// The result of one attempt at one integration. `Attempt` completes it before it passes it on; then it stays the same.
package final class AttemptReport {
  /// The integration's id.
  package let integration: [UInt8]
  /// How it ended.
  package var outcome: Outcome
  /// The status code of the backend's answer; `nil` where none came.
  package var status: Int?
  /// The time from the attempt's start to its end.
  package let milliseconds: Int
  /// For a failure: what happened and what to do about it. Has neither secrets nor words of the backend.
  package var advice: Text
  /// The kind of failure; `nil` after a success, and where the integration was not asked.
  package var failure: FailureKind?
  /// Why the message was not sent.
  package let fault: TranslationFault?
  /// How long the backend wants no more requests.
  package var retryAfter: TimeSpan?
  /// Whether the backend says that the same request would only fail again.
  package var forbidsRetry = false
  /// The hint that the backend refuses the request for: something that Postern has put there by itself.
  package var refusedHint: SentHints.Part?
  /// The reason that the backend gave for a failure. Only for administrators, because it may repeat the user's words or
  /// the key.
  package var backendReason: [UInt8]?
  /// That reason as the log may have it, at `debug`.
  package var loggedReason: [UInt8]?
  /// Where the request was longer than the model takes: the backend's numbers.
  package var overflow: ContextOverflow?
  /// How many events of the stream were skipped because they are not JSON objects.
  package var skippedEvents = 0
  /// When its request was sent; `nil` where none was.
  package var start: Instant?
  /// The time from its start to the first content of a stream.
  package var firstContentMilliseconds: Int?
  /// The size of the request's body.
  package var requestBytes = 0
  /// How much of the response's body came.
  package var responseBytes = 0
  /// Whether it was given up because its client left.
  package var isCancelled = false
  /// When each phase ended; all 0 for an integration without a backend.
  package var timings = TransferTimings()

  package init(
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

  /// Its approximate size in memory, in bytes. Most of it may be the backend's reason.
  package var byteCount: Int { 128 + advice.bytes.count + (backendReason?.count ?? 0) }

  /// The attempts in short, for the log: `gpt:timeout,claude:ok`.
  package static func brief(_ reports: [AttemptReport]) -> [UInt8] {
    var text: [UInt8] = []
    for report in reports {
      if !text.isEmpty { text.append(",") }
      text += report.integration
      text.append(":")
      text.append(report.outcome.name)
    }
    return text
  }
}

extension AttemptReport {
  /// The attempt at an `echo` integration, which has no backend.
  package static func echoed(_ integration: Integration) -> AttemptReport {
    AttemptReport(
      integration: integration.settings.id, outcome: .ok, status: 200, milliseconds: 0)
  }

  /// The message was not sent because it has no equivalent in the integration's dialect.
  package static func notSent(_ integration: Integration, _ fault: TranslationFault)
    -> AttemptReport
  {
    AttemptReport(
      integration: integration.settings.id, outcome: .httpError, milliseconds: 0,
      advice: "not sent: \(fault.message)", failure: .refused, fault: fault)
  }

  /// The message was not sent because the integration's breaker is open.
  package static func breakerOpen(_ integration: Integration, at now: Instant) -> AttemptReport {
    let wait = integration.breaker.wait(at: now)
    return AttemptReport(
      integration: integration.settings.id, outcome: .breakerOpen, milliseconds: 0,
      advice: FailureAdvice.breakerOpen(for: wait, after: integration.failures.last?.message),
      retryAfter: wait)
  }

  /// The message was not sent because it waited as long as the deadline allowed: for the backend's model, or for one of
  /// its places.
  package static func waited(_ integration: Integration, for time: TimeSpan) -> AttemptReport {
    let isLoading = integration.health.isLoading
    return AttemptReport(
      integration: integration.settings.id, outcome: isLoading ? .loading : .timeout,
      milliseconds: time.milliseconds,
      advice: isLoading
        ? FailureAdvice.loadingTooLong(after: time) : FailureAdvice.noPlace(after: time))
  }

  /// The integration was silent until another one was asked, too, which spoke first.
  package static func outpaced(_ integration: Integration, after milliseconds: Int) -> AttemptReport
  {
    AttemptReport(
      integration: integration.settings.id, outcome: .timeout, milliseconds: milliseconds,
      advice: FailureAdvice.outpaced(after: .milliseconds(milliseconds)))
  }

  /// What the attempt shows of the backend: nothing, where the message was not sent.
  package var breakerResult: Breaker.Result {
    guard fault == nil else { return .unknown }
    return switch failure?.remedy.shows {
    case .health, nil: .works
    case .nothing: .unknown
    case .failure: .failed(retryAfter: retryAfter, .counts)
    case .outage: .failed(retryAfter: retryAfter, .countsAsOneOutage)
    case .exhaustion: .failed(retryAfter: retryAfter, .opens)
    }
  }

  /// Whether the integration is at fault: its backend, its network or its settings. Not where another message may well
  /// be answered.
  package var showsFault: Bool {
    guard fault == nil, let failure else { return false }
    return switch failure {
    case .unreachable, .unavailable, .timeout, .notTrusted, .quotaExhausted, .unusable, .broken,
      .noContent:
      true
    // The request is at fault with 400, 413 and 422; the address or the model's name with others.
    case .refused: status != 400 && status != 413 && status != 422
    case .loading, .contextTooLong, .contentFiltered, .requestTimedOut: false
    }
  }

  /// Why the backend's policy refuses the content, in words for the user.
  package func filterReason(of integration: IntegrationSettings) -> Text {
    backendReason.map { Text(integration.masking($0)) } ?? "The backend refuses this content."
  }
}
