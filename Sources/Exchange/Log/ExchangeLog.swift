import Backends
import Bytes
import Configuration
import EventLoop
import Logging
import Platform

/// What the log tells of an exchange: its end, and at `debug` how it went.
extension Exchange {
  /// Logs the end of the exchange.
  ///
  /// `asked`: the integration whose attempt was still under way.
  func log(_ ending: ExchangeEnding, _ outcome: StaticString, asked: Integration?) {
    let isServed = reports.last?.outcome == .ok
    dispatcher.services.log.write(isServed ? .info : .warning, "exchange") { line in
      line.field("request_id", request)
      line.field("bot", bot.settings.id)
      line.field("conversation", conversation)
      line.field("integration", asked?.settings.id ?? reports.last?.integration ?? [UInt8]("-"))
      line.field("outcome", outcome)
      line.field("attempts", reports.count + (asked == nil ? 0 : 1))
      line.field("ms", (dispatcher.services.loop.clock() - start).milliseconds)
      if reports.count > 1 { line.field("tried", AttemptReport.brief(reports)) }
      if let caller { line.field("key", caller) }
      if reports.count > 1 || !isServed { line.reasons(of: reports, ending) }
    }
  }

  /// Logs an event of the exchange.
  @inline(never)
  private func debug(
    _ event: StaticString, of integration: Integration?, _ fill: (inout LogLine) -> Void
  ) {
    dispatcher.services.log.write(.debug, event) { line in
      line.field("request_id", request)
      if let integration { line.field("integration", integration.settings.id) }
      fill(&line)
    }
  }

  /// A request is sent to an integration.
  func noteStart(of trial: Trial, _ sent: SentRequest, streams: Bool) {
    debug("attempt_started", of: trial.integration) { line in
      line.field("bytes", sent.bytes)
      line.field("turns", sent.history.turns)
      if sent.history.turnsLeftOut > 0 { line.field("turns_left_out", sent.history.turnsLeftOut) }
      line.field("stream", streams ? "yes" : "no")
      line.field("limit_ms", trial.limit(at: now).milliseconds)
      line.field("after_ms", (now - start).milliseconds)
    }
  }

  /// The same integration is asked again at a later time.
  func noteRetry(at due: Instant) {
    debug("retry", of: integration) { line in
      line.field("wait_ms", (due - now).milliseconds)
      if let report = reports.last { line.field("after", report.outcome.name) }
    }
  }

  /// The same integration is asked again at once, with less in the request.
  func noteRepair(_ what: StaticString) {
    debug("request_repaired", of: integration) { line in
      line.field("without", what)
      if let turns = trial!.turns { line.field("turns", turns) }
    }
  }

  /// The request waits for a place or for the model.
  func noteQueued() {
    let queue = integration.health.queue
    debug("waiting", of: integration) { line in
      line.field("for", queue.isLoading ? "model" : "place")
      line.field("waiting", queue.waitingCount)
    }
  }

  /// The exchange waits for earlier messages of its conversation.
  func noteWaiting() {
    debug("waiting", of: nil) { $0.field("for", "conversation") }
  }

  /// A second integration is asked, because the first says nothing.
  func noteHedge(_ integration: Integration) {
    debug("hedged", of: integration) { $0.field("after_ms", (now - start).milliseconds) }
  }

  /// Logs the limit of a model's context, where it has changed.
  func noteLimit(of integration: Integration, before: Int?) {
    guard let limit = integration.learned.limit, limit != before else { return }
    debug("context_limit_learned", of: integration) { $0.field("tokens", limit) }
  }
}
