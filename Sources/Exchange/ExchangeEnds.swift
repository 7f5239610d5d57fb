import Backends
import Bytes
import Configuration
import Context
import EventLoop
import HTTPClient
import JSON
import Logging
import Outbox
import Platform
import Protocols
import Storage

/// How an exchange ends: with a reply, a failure, or because its client left.
extension Exchange {
  func succeed(_ reply: Reply, _ integration: Integration, wasStreamed: Bool) {
    var reply = reply
    integration.statistics.count(
      reply.usage, cost: integration.settings.cost(of: reply.usage))
    if integration.settings.isFallback {
      integration.statistics.count(.fallbacksServed)
      // The integration that should have answered is the first that was tried.
      let first = bot.integration(reports[0].integration)
      if let first, first !== integration {
        first.statistics.count(.fallbacksNeeded)
        dispatcher.services.log.note(fallback: integration, for: first, reports[0], at: now)
      }
    }
    // A stream brings the whole reply. A reply that is not streamed has only the missing part.
    if let text = delivered.text, !wasStreamed {
      let continued = reply.continuing(text, in: integration.dialect ?? .custom)
      _ = recipient.receive(continued.rest, of: head(model: reply.model))
      reply = continued.reply
    } else if delivered.hasBegun, !wasStreamed {
      // The stream has only the thinking of an integration that failed.
      _ = recipient.receive(reply.deltas, of: head(model: reply.model))
    }
    state = .replied(reply)
    let time = WallTime.now
    guard let keeper else {
      keepTurn(reply, integration, at: time)
      return dispatcher.context.whenDurable { [self] in answer() }
    }
    let kept = makeAnswer(.reply(reply, by: integration.settings), at: time)
    keeper.keep(kept, turnTime: keptReply(reply) != nil ? time.milliseconds : 0) { [self] in
      keepTurn(reply, integration, at: time)
      keeper.noteTurn()
      dispatcher.context.whenDurable { [self] in answer() }
    }
  }

  /// What the context gets as the reply; `nil` if it gets no turn. One that calls tools does not end the turn: the client comes
  /// back with their results.
  private func keptReply(_ reply: Reply) -> [UInt8]? {
    message.prompt.keptMessage == nil ? nil : message.prompt.keptReply(reply, as: identifier)
  }

  private func keepTurn(_ reply: Reply, _ integration: Integration, at time: WallTime) {
    guard let content = message.prompt.keptMessage, let said = keptReply(reply) else { return }
    dispatcher.keepTurn(
      content, said, by: integration.settings.id, bot: bot.settings.id,
      conversation: conversation, continuing: message.history,
      turns: (bot.settings.window - 1) / 2 + 1, userID: user, at: time.milliseconds)
  }

  private func answer() {
    guard case .replied(let reply) = state else {
      preconditionFailure("a turn is recorded before it is durable")
    }
    finish(.reply(reply, by: integration.settings))
  }

  /// Answers without a reply: no integration is left to ask, or no time.
  func fail() {
    let faults = reports.compactMap { $0.fault }
    if message.prompt.chat != nil, let fault = faults.first, faults.count == reports.count {
      finish(.untranslatable(fault))
    } else if let asked = reports.last(where: { $0.outcome != .breakerOpen }) {
      if let filterReason {
        return finish(.contentFiltered(reason: filterReason))
      }
      finish(.failed(timedOut: asked.outcome == .timeout || deadline <= now))
    } else if let wait = reports.map({ $0.retryAfter! }).min() {
      finish(.unavailable(retryAfterSeconds: max(1, wait.secondsRoundedUp)))
    } else {
      finish(.failed(timedOut: deadline <= now))
    }
  }

  func finish(_ content: Answer.Content) {
    let answer = makeAnswer(content, at: .now)
    record(ExchangeResult(content), content)
    end(content.ending, outcome: answer.outcome)
    recipient.receive(answer)
  }

  private func makeAnswer(_ content: Answer.Content, at time: WallTime) -> Answer {
    Answer(
      content: content, identifier: identifier, conversation: conversation, attempts: reports,
      turnsLeftOut: sent.history.turnsLeftOut, time: time)
  }

  func end(_ ending: ExchangeEnding, outcome: StaticString) {
    dispatcher.count(ending)
    let heldConversation = if case .waiting = state { false } else { true }
    var asked: Integration?
    if case .attempting = state { asked = trial?.integration }
    state = .finished
    dropHedge()
    dispatcher.services.loop.cancel(hedgeTimer)
    dispatcher.services.loop.cancel(deadlineTimer)
    log(ending, outcome, asked: asked)
    dispatcher.noteStatistics()
    if heldConversation, keeper == nil { dispatcher.leave(queueKey) }
  }
}
