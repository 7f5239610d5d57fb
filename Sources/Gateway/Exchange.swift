import Configuration
import Context
import Logging
import HTTPClient
import Bytes
import Dialects
import EventLoop
import HTTPServer
import JSON
import Platform

/// The life of one message: admitted → recalled → an integration chosen → attempted → maybe another → the turn
/// recorded → answered. Read it from top to bottom.
///
/// It answers exactly once, records the turn if and only if the answer is a reply, and never calls back into
/// what is calling it: transfers complete in turns of their own.
final class Exchange {
  /// Where the exchange stands.
  private enum State {
    /// Behind earlier messages of its conversation.
    case waiting
    /// Between two attempts, or before the first.
    case choosing
    /// An integration has been asked.
    case attempting(Attempt)
    /// Answered, or given up.
    case finished
  }

  private let gateway: Gateway
  private let request: Request
  private let message: MessageRequest
  private let bot: Bot
  private let conversation: [UInt8]
  /// Names the conversation among those of all bots.
  let queueKey: [UInt8]

  private var state = State.waiting
  private let start: Instant
  private let deadline: Instant
  /// Runs while the exchange waits; an attempt has a limit of its own.
  private var deadlineTimer: TimerID?
  /// The integrations still to be tried, next one first.
  private var choices: ArraySlice<Integration> = []
  private var reports: [AttemptReport] = []
  /// The integration that has been asked and has not answered.
  private var asked: Integration?

  init(_ message: MessageRequest, for bot: Bot, request: Request, gateway: Gateway) {
    self.gateway = gateway
    self.request = request
    self.message = message
    self.bot = bot
    conversation = message.conversation ?? gateway.services.random.identifier("conv_")
    queueKey = bot.settings.id + [0] + conversation
    start = gateway.services.loop.now
    deadline = start + .milliseconds(bot.settings.deadlineMilliseconds)
  }

  // MARK: Admission

  /// Waits behind earlier messages of the conversation until `begin` is called, or the deadline comes.
  func wait() {
    request.onAbandon = { [self] in giveUp() }
    deadlineTimer = gateway.services.loop.schedule(at: deadline) { [self] in
      gateway.withdraw(self)
      fail(timedOut: true)
    }
  }

  /// The conversation is free: chooses integrations and asks the first. The exchange holds the conversation from
  /// now on, until it calls `gateway.leave`.
  func begin() {
    guard case .waiting = state else { return gateway.leave(self) }
    gateway.services.loop.cancel(deadlineTimer)
    state = .choosing
    request.onAbandon = { [self] in giveUp() }
    choices = bot.choices(for: conversation, random: gateway.services.random)[...]
    attemptNext()
  }

  // MARK: Attempts

  private func attemptNext() {
    while let integration = choices.popFirst() {
      let left = deadline - gateway.services.loop.now
      guard left > .milliseconds(0) else { return fail(timedOut: true) }
      guard let upstream = integration.upstream else { return echo(integration) }
      do throws(TranslationFault) {
        return ask(integration, upstream, try encode(for: integration), atMost: left)
      } catch {
        reports.append(
          AttemptReport(
            integration: integration.settings.id, outcome: .httpError, status: nil,
            milliseconds: 0, advice: "not sent: \(error.message)"))
      }
    }
    fail(timedOut: reports.last?.outcome == .timeout)
  }

  private func ask(
    _ integration: Integration, _ upstream: Upstream, _ body: [UInt8], atMost left: TimeSpan
  ) {
    let fields = integration.fields(
      conversation: conversation, request: request.identifier, platform: message.platform)
    let attempt = Attempt(
      at: integration, upstream: upstream, body: body, fields: fields,
      timeout: min(left, .milliseconds(integration.settings.timeoutMilliseconds)),
      services: gateway.services
    ) { [self] report, reply in
      reports.append(report)
      asked = nil
      if let reply {
        succeed(reply, integration)
      } else if report.isContentFiltered {
        reject(report)
      } else {
        attemptNext()
      }
    }
    state = .attempting(attempt)
    asked = integration
  }

  /// The request's body: the conversation so far and the new message, in the integration's dialect. The context is
  /// read anew for each attempt: keeping a copy would double the memory of every message in flight.
  private func encode(for integration: Integration) throws(TranslationFault) -> [UInt8] {
    var encoder = integration.encoder(
      conversation: conversation, user: message.user, metadata: message.metadata)!
    var fault: TranslationFault?
    gateway.context.recall(
      bot: bot.settings.id, conversation: conversation, messages: bot.settings.window - 1
    ) { role, content in
      guard fault == nil else { return }
      do throws(TranslationFault) {
        try encoder.append(role == .user ? .user : .assistant, content: content)
      } catch {
        fault = error
      }
    }
    if let fault { throw fault }
    let content = message.content
    try encoder.append(.user, content: content.span)
    return try encoder.finish()
  }

  private func echo(_ integration: Integration) {
    reports.append(
      AttemptReport(
        integration: integration.settings.id, outcome: .ok, status: 200, milliseconds: 0))
    let content = message.content
    succeed(Reply(echoing: content.span), integration)
  }

  // MARK: Ends

  private func succeed(_ reply: Reply, _ integration: Integration) {
    gateway.record(
      message.content, reply, by: integration, bot: bot.settings, conversation: conversation)
    let answer = ReplyAnswer(
      identifier: gateway.services.random.identifier("msg_"), conversation: conversation,
      integration: integration.settings, attempts: reports, reply: reply)
    finish(answer.response, outcome: Outcome.ok.name)
  }

  /// Nobody could answer, or not before the deadline.
  private func fail(timedOut: Bool) {
    finish(
      APIError(
        timedOut ? 504 : 502, .backend, "all_integrations_failed", Text(bot.settings.errorMessage)),
      outcome: reports.last?.outcome.name ?? (timedOut ? Outcome.timeout.name : "no_integration"))
  }

  /// A backend's policy refuses what the user wrote, and says why.
  private func reject(_ report: AttemptReport) {
    let reason = report.backendReason.map { Text($0) } ?? "The backend refuses this content."
    finish(
      APIError(400, .invalidRequest, "content_filter", reason), outcome: report.outcome.name)
  }

  private func finish(_ error: APIError, outcome: StaticString) {
    let response = error.response { writer in
      writer.name("attempts")
      AttemptReport.write(reports, to: &writer)
    }
    finish(response, outcome: outcome)
  }

  private func finish(_ response: Response, outcome: StaticString) {
    end(outcome: outcome)
    request.respond(response)
  }

  /// The client has gone: the backend is told by its connection, and the context stays as it was.
  private func giveUp() {
    switch state {
    case .waiting: gateway.withdraw(self)
    case .attempting(let attempt): attempt.cancel()
    case .choosing: break
    case .finished: return
    }
    end(outcome: "cancelled")
  }

  private func end(outcome: StaticString) {
    let heldConversation = if case .waiting = state { false } else { true }
    state = .finished
    gateway.services.loop.cancel(deadlineTimer)
    log(outcome)
    if heldConversation { gateway.leave(self) }
  }

  private func log(_ outcome: StaticString) {
    let isServed = reports.last?.outcome == .ok
    gateway.services.log.write(isServed ? .info : .warning, "exchange") { line in
      line.field("request_id", request.identifier)
      line.field("bot", bot.settings.id)
      line.field("conversation", conversation)
      let last = asked?.settings.id ?? reports.last?.integration
      line.field("integration", last ?? [UInt8]("-"))
      line.field("outcome", outcome)
      line.field("attempts", reports.count + (asked == nil ? 0 : 1))
      line.field("ms", (Instant.now - start).milliseconds)
      if reports.count > 1 { line.field("tried", AttemptReport.brief(reports)) }
    }
  }
}
