import Backends
import Bytes
import Configuration
import EventLoop
import HTTPClient
import Logging
import Platform
import Protocols

/// The setting `hedge`: where a stream has brought nothing for some time, the next integration is asked, too. The one that
/// speaks first is heard, and the other is cancelled.
extension Exchange {
  /// Sets the timer, where the client streams and another integration could be asked.
  func hedgeLater() {
    guard message.isStreaming, let wait = bot.settings.hedgeMilliseconds, choices.count > 1 else {
      return
    }
    hedgeTimer = dispatcher.services.loop.schedule(after: .milliseconds(wait)) { [self] in
      hedgeTimer = nil
      askSecond()
    }
  }

  /// Whether the attempt under way has produced anything.
  var hasOutput: Bool {
    if case .attempting(let attempt) = state { attempt.hasOutput } else { false }
  }

  /// Asks the first of the integrations left that can answer at once. The others stay for later.
  private func askSecond() {
    switch state {
    case .queued, .attempting, .pausing: break
    case .waiting, .choosing, .replied, .finished: return
    }
    guard !hasOutput, !delivered.hasBegun, deadline > now else { return }
    for place in choices.indices where choices[place].upstream != nil {
      let integration = choices[place]
      guard integration.breaker.allows(at: now), integration.health.queue.enter() else { continue }
      choices.remove(at: place)
      if ask(second: integration) { return self.integration.statistics.count(.hedged) }
      return
    }
  }

  /// Sends the request to a second integration, at which it has a place. Returns whether it can be expressed there.
  private func ask(second integration: Integration) -> Bool {
    let trial = Trial(of: integration, until: deadline, leavingTimeFor: choices, at: now)
    trial.holdsPlace = true
    if let permit = integration.breaker.admit(at: now) { trial.begin(permit) }
    if integration.breaker.isProbing { dispatcher.watches.noteBreakerProbe(of: integration) }
    do throws(TranslationFault) {
      let streams = asksForStream(integration)
      var sent = SentRequest()
      let body = try encode(for: trial, streams: streams, &sent)
      noteHedge(integration)
      noteStart(of: trial, sent, streams: streams)
      let hedge = Hedge(of: self, trial, sent)
      self.hedge = hedge
      hedge.attempt = Attempt(
        order(
          for: trial, at: integration.upstream(for: message.prompt.purpose)!, streams: streams),
        sending: body,
        services: dispatcher.services, for: hedge)
      return true
    } catch {
      trial.giveUp(at: now)
      dispatcher.watches.leave(integration)
      return false
    }
  }

  /// Takes pieces of the second integration's reply.
  func hear(_ deltas: [ReplyDelta], of hedge: Hedge) {
    guard self.hedge === hedge else { return deliver(deltas) }
    hedge.held += deltas
    if hedge.attempt?.hasOutput == true { replaceByHedge() }
  }

  /// Takes the result of the second integration: while the first is still silent, or after it was replaced.
  func settle(_ report: AttemptReport, _ reply: Reply?, of hedge: Hedge) {
    guard self.hedge === hedge else { return settle(report, reply) }
    if reply != nil {
      replaceByHedge()
      return settle(report, reply)
    }
    self.hedge = nil
    hedge.attempt = nil
    let integration = hedge.trial.integration
    note(report, of: integration)
    hedge.trial.settle(report, at: now)
    dispatcher.watches.note(report, of: integration)
    dispatcher.watches.leave(integration)
  }

  /// Gives the first integration up, and continues with the second.
  private func replaceByHedge() {
    let waited = state.isAttempting || !trial!.wasAsked
    abandonTrial()
    cutOff = nil
    if waited {
      // The client sees why another one answered. It is not counted as an attempt that failed.
      reports.append(.outpaced(integration, after: bot.settings.hedgeMilliseconds ?? 0))
    }
    followHedge()
  }

  /// Continues with the second integration, after the trial of the first is over.
  func followHedge() {
    guard let hedge, let attempt = hedge.attempt else {
      preconditionFailure("there is a hedge to follow")
    }
    self.hedge = nil
    hedge.attempt = nil
    trial = hedge.trial
    sent = hedge.sent
    state = .attempting(attempt)
    delivered.note(nil)
    if !hedge.held.isEmpty { deliver(hedge.held) }
  }

  /// Gives the second integration up, because the first has spoken or the exchange is over.
  func dropHedge() {
    guard let hedge else { return }
    self.hedge = nil
    hedge.attempt?.cancel()
    hedge.attempt = nil
    hedge.trial.giveUp(at: now)
    let integration = hedge.trial.integration
    integration.statistics.count(.cancelled)
    dispatcher.watches.leave(integration)
  }
}

extension Exchange.State {
  fileprivate var isAttempting: Bool { if case .attempting = self { true } else { false } }
}
