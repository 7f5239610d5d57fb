import Bytes
import Configuration
import Dialects
import EventLoop
import HTTPClient
import Platform

/// One attempt to have an integration answer: a transfer, its time limit, and what the answer means.
final class Attempt {
  private let integration: Integration
  private let services: Services
  private let start: Instant
  private var transfer: TransferID?
  private var timer: TimerID?
  private var completion: ((AttemptReport, Reply?) -> Void)?

  /// Sends a request. `completion` is called once, in a later turn, with a reply if and only if the outcome is
  /// `ok`; never after `cancel`. `limit` is the integration's `timeout`, or less where a deadline leaves less.
  init(
    at integration: Integration, upstream: Upstream, body: [UInt8], fields: FieldLines,
    limit: TimeSpan, services: Services, completion: @escaping (AttemptReport, Reply?) -> Void
  ) {
    self.integration = integration
    self.services = services
    self.completion = completion
    start = services.loop.now
    timer = services.loop.schedule(after: limit) { [self] in timeOut(limit) }
    transfer = services.client.post(body, to: upstream, fields: fields) { [self] in receive($0) }
  }

  /// Gives the attempt up: the backend sees its connection closed at once. Returns the status code of its response,
  /// if one had begun.
  @discardableResult
  func cancel() -> Int? {
    completion = nil
    services.loop.cancel(timer)
    let status = transfer.map { services.client.cancel($0) } ?? 0
    transfer = nil
    return status > 0 ? status : nil
  }

  private func timeOut(_ limit: TimeSpan) {
    let completion = self.completion
    let status = cancel()
    var report = self.report(.timeout)
    report.status = status
    report.failure = .timeout
    report.advice =
      limit < integration.timeout
      ? FailureAdvice.deadline(after: limit) : FailureAdvice.timeout(after: limit)
    completion?(report, nil)
  }

  private func receive(_ result: TransferResult) {
    services.loop.cancel(timer)
    transfer = nil
    let completion = self.completion
    self.completion = nil
    let verdict = Verdict(of: result, dialect: integration.dialect ?? .custom)
    var report = self.report(verdict.outcome)
    report.status = result.status > 0 ? result.status : nil
    report.failure = verdict.failure
    report.advice = verdict.advice
    report.backendReason = verdict.backendReason
    report.retryAfter = verdict.failure?.remedy.mayRepeat == true ? result.retryAfter : nil
    report.timings = result.timings
    completion?(report, verdict.reply)
  }

  private func report(_ outcome: Outcome) -> AttemptReport {
    AttemptReport(
      integration: integration.settings.id, outcome: outcome,
      milliseconds: (services.loop.clock() - start).milliseconds)
  }
}
