import Backends
import Bytes
import Configuration
import Logging
import Platform

/// What the log tells of the health of integrations: each change once, with its reason.
extension Log {
  /// Notes the result of an attempt, and tells whether the integration began to fail or works again.
  func note(_ report: AttemptReport, of integration: Integration, at now: Instant) {
    if report.failure == nil {
      noteSuccess(of: integration, at: now)
    } else if report.showsFault {
      let isPassing = report.failure?.isPassing == true
      note(
        FailureHistory.Failure(
          report.outcome, status: report.status, message: report.advice, isPassing: isPassing),
        of: integration, at: now)
    }
  }

  /// Notes a failure.
  func note(_ failure: FailureHistory.Failure, of integration: Integration, at now: Instant) {
    guard integration.failures.note(failure, at: now) else { return }
    write(.warning, "integration_failing") { line in
      line.fields(of: integration)
      line.fields(of: failure)
    }
  }

  /// Notes that an integration works.
  func noteSuccess(of integration: Integration, at now: Instant) {
    guard let trouble = integration.failures.noteSuccess(at: now) else { return }
    write(.info, "integration_recovered") { line in
      line.fields(of: integration)
      line.field("ms", trouble.length.milliseconds)
      line.field("failures", trouble.failures)
    }
  }

  /// Tells how the state of an integration and its breaker have changed since the last call.
  func tellChanges(of integration: Integration, at now: Instant) {
    let health = integration.health
    let (breaker, told) = (health.breaker.condition, health.toldBreaker)
    if breaker != told {
      health.toldBreaker = breaker
      if told == .closed { health.breakerChange = now }
      switch breaker {
      case .open:
        // After a probe that failed this is nothing new.
        write(told == .closed ? .warning : .debug, "breaker_opened") { line in
          line.fields(of: integration)
          line.field("retry_ms", health.breaker.wait(at: now).milliseconds)
          if let failure = integration.failures.last { line.fields(of: failure) }
        }
      case .probing:
        write(.debug, "breaker_half_open") { $0.fields(of: integration) }
      case .closed:
        write(.info, "breaker_closed") { line in
          line.fields(of: integration)
          line.field("ms", (now - health.breakerChange).milliseconds)
        }
      }
    }
    let (state, before) = (health.state, health.toldState)
    guard state != before else { return }
    health.toldState = state
    if state == .loading {
      health.loadingStart = now
      write(.info, "integration_loading") { $0.fields(of: integration) }
    } else if before == .loading, state == .ready {
      write(.info, "integration_ready") { line in
        line.fields(of: integration)
        line.field("ms", (now - health.loadingStart).milliseconds)
      }
    }
  }

  /// Notes that `other` replied as a fallback of an integration, whose report is the first of the exchange.
  func note(
    fallback other: Integration, for integration: Integration, _ report: AttemptReport,
    at now: Instant
  ) {
    guard let count = integration.failures.noteFallback(at: now) else { return }
    write(.warning, "answered_by_fallback") { line in
      line.fields(of: integration)
      line.field("by", other.settings.id)
      line.field("replies", count)
      line.fields(of: report)
    }
  }
}

extension LogLine {
  fileprivate mutating func fields(of integration: Integration) {
    field("bot", integration.settings.bot)
    field("integration", integration.settings.id)
  }

  fileprivate mutating func fields(of failure: FailureHistory.Failure) {
    field("outcome", failure.outcome.name)
    reason(failure.status, failure.message)
  }

  /// The outcome, the status and the message of an attempt.
  mutating func fields(of report: AttemptReport) {
    field("outcome", report.outcome.name)
    reason(report.status, report.advice)
  }

  /// A status and a message, as far as there are any.
  @inline(never)
  mutating func reason(_ status: Int?, _ message: Text) {
    if let status { field("status", status) }
    if !message.bytes.isEmpty { field("message", message) }
  }
}
