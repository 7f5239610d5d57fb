package import Backends
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

/// The life of one message: admitted → integrations chosen → one asked, with the context → maybe again, or another →
/// the turn recorded → answered. Read it from top to bottom.
///
/// Unless it is given up, it answers exactly once. It records the turn only if the answer is a reply, the conversation is
/// kept, and the reply calls no tools, unless the client continues it by its id. Pieces of a stream and the answer are its
/// only calls into its recipient. Transfers complete in turns of their own.
package final class Exchange: ConversationMember, AttemptOwner {
  /// The state of the exchange.
  enum State {
    /// Waiting for earlier messages of its conversation.
    case waiting
    /// Between two attempts, or before the first.
    case choosing
    /// Waiting for a place at the integration of the trial, or for its model, up to the end of the trial.
    case queued(RequestQueue.Ticket, TimerID)
    /// An integration has been asked.
    case attempting(Attempt)
    /// Waiting for the next retry of the same integration.
    case pausing(TimerID)
    /// There is a reply. Its turn, if one is kept, is in the context, and the reply waits for storage. It is too late to
    /// give up.
    case replied(Reply)
    /// Answered, or given up.
    case finished
  }

  let dispatcher: Dispatcher
  let message: Message
  let bot: Bot
  /// The id of the client's request: `X-Request-Id`.
  let request: [UInt8]
  /// The name of the client's API key, if there are keys.
  let caller: [UInt8]?
  let conversation: [UInt8]
  /// The conversation's key among those of all bots.
  package let queueKey: QueueKey
  let recipient: any Recipient
  /// Keeps the answer, and holds the conversation; `nil` where a client waits.
  let keeper: (any AnswerKeeper)?
  /// The reply's id.
  let identifier: [UInt8]
  /// The user who sent the message, if the client names one.
  package var user: [UInt8]? { message.userID }
  package var botID: [UInt8] { bot.settings.id }

  var state = State.waiting
  let start: Instant
  /// When the first integration was asked.
  var firstAsked: Instant?
  /// The attempt that was under way when the client left.
  var cutOff: AttemptReport?
  let deadline: Instant
  /// Runs while the exchange waits. Attempts and pauses have limits of their own.
  var deadlineTimer: TimerID?
  /// The integrations still to try, in order.
  var choices: ArraySlice<Integration> = []
  /// Those that were drawn and cannot express the request.
  private var unable: [Integration] = []
  /// The trial of the integration that is being asked.
  var trial: Trial?
  /// The integration of `trial`; there is one from the first attempt on.
  var integration: Integration { trial!.integration }
  /// What the current attempt has sent.
  var sent = SentRequest()
  /// The second integration that is being asked, because the first has said nothing.
  var hedge: Hedge?
  /// Runs until then.
  var hedgeTimer: TimerID?
  var reports: [AttemptReport] = []
  /// Why the policy of the backend that was asked last refused the content; `nil` if it did not.
  var filterReason: Text?
  /// What the client of a live stream has received. From the first delta on, the reply can only be continued.
  var delivered = DeliveredPart()

  /// An exchange for `dispatcher` to admit. `recipient` is answered once, unless the exchange is given up.
  package init(
    _ message: Message, for bot: Bot, request: [UInt8], from caller: [UInt8]? = nil,
    through dispatcher: Dispatcher, to recipient: any Recipient
  ) {
    keeper = nil
    self.dispatcher = dispatcher
    self.message = message
    self.bot = bot
    self.request = request
    self.caller = caller
    self.recipient = recipient
    identifier = message.answerID ?? dispatcher.services.random.identifier("msg_")
    conversation = message.conversation ?? dispatcher.services.random.identifier("conv_")
    queueKey = QueueKey(bot: bot.settings.id, conversation, key: dispatcher.queueHashKey)
    start = dispatcher.services.loop.now
    deadline = start + .milliseconds(bot.settings.deadlineMilliseconds)
    super.init()
  }

  /// An exchange for a message of the outbox, which has the turn in its conversation, and an id.
  init(
    _ message: Message, for bot: Bot, in place: WaitingPlace, request: [UInt8],
    from caller: [UInt8]?,
    through dispatcher: Dispatcher, to run: WaitingRun
  ) {
    self.dispatcher = dispatcher
    self.message = message
    self.bot = bot
    self.request = request
    self.caller = caller
    recipient = run
    keeper = run
    identifier = place.entry.id
    conversation = place.conversation
    queueKey = place.queueKey
    start = dispatcher.services.loop.now
    deadline = start + .milliseconds(bot.settings.deadlineMilliseconds)
    super.init()
  }

  var now: Instant { dispatcher.services.loop.now }

  // MARK: Admission

  override func takeTurn() { begin() }

  /// Waits for earlier messages of the conversation, until `begin` or the deadline.
  package func wait() {
    noteWaiting()
    deadlineTimer = dispatcher.services.loop.schedule(at: deadline) { [self] in
      dispatcher.withdraw(self)
      finish(.failed(timedOut: true))
    }
  }

  /// Chooses integrations and asks the first. From now on the exchange holds the conversation, until it calls
  /// `dispatcher.leave`.
  package func begin() {
    guard case .waiting = state else { return dispatcher.leave(queueKey) }
    dispatcher.services.loop.cancel(deadlineTimer)
    state = .choosing
    choices = chooseIntegrations()[...]
    hedgeLater()
    askNext()
  }

  /// The integrations to try, in order: the one that the message names, or else one that is drawn and the fallbacks.
  private func chooseIntegrations() -> [Integration] {
    if let id = message.integration { return bot.enabledIntegration(id).map { [$0] } ?? [] }
    let purpose = message.prompt.purpose
    let drawn = bot.draw(
      for: purpose, in: conversation, of: user, at: now, using: dispatcher.services.random)
    drawn?.statistics.count(.drawn)
    return bot.route(for: purpose, beginningWith: drawn)
  }

  /// The client takes more of the reply again.
  package func resume() {
    if case .attempting(let attempt) = state { attempt.resume() }
  }

  /// Gives the exchange up because its client has left: the connection to the backend is closed, and the context stays as
  /// it was. Returns `false` where the turn is in the context already: then the answer still comes.
  package func giveUp() -> Bool {
    switch state {
    case .waiting:
      dispatcher.withdraw(self)
    case .queued, .attempting, .pausing, .choosing:
      abandonTrial()
    case .replied, .finished:
      return false
    }
    record(.cancelled)
    end(.cancelled, outcome: "cancelled")
    return true
  }

  // MARK: Attempts

  /// Asks the next integration; after a part of the reply was delivered, the next one that can continue it.
  func askNext() {
    if hedge != nil { return followHedge() }
    while deadline > now, !delivered.isBeyondText, let integration = choices.popFirst() {
      if !delivered.isEmpty, !integration.canContinue { continue }
      guard integration.breaker.allows(at: now) || integration.health.isLoading else {
        note(.breakerOpen(integration, at: now), of: integration)
        continue
      }
      trial = Trial(of: integration, until: deadline, leavingTimeFor: choices, at: now)
      return enter()
    }
    fail()
  }

  // For speed: optimised for size, it would copy the structures that it makes byte by byte.
  @_optimize(speed)
  func ask(_ integration: Integration) {
    if firstAsked == nil { firstAsked = now }
    guard let upstream = integration.upstream(for: message.prompt.purpose) else {
      return echo(integration)
    }
    do throws(TranslationFault) {
      let streams = asksForStream(integration)
      let body = try encode(for: trial!, streams: streams, &sent)
      noteStart(of: trial!, sent, streams: streams)
      state = .attempting(
        Attempt(
          order(for: trial!, at: upstream, streams: streams), sending: body,
          services: dispatcher.services, for: self))
    } catch {
      if !drawAgain() { settle(.notSent(integration, error), nil) }
    }
  }

  /// Draws another integration if the one that was drawn cannot express the request. Returns whether there is one.
  private func drawAgain() -> Bool {
    guard reports.isEmpty, delivered.isEmpty, message.integration == nil,
      !integration.settings.isFallback
    else { return false }
    unable.append(integration)
    let other = bot.draw(
      for: message.prompt.purpose, in: conversation, of: user, at: now,
      using: dispatcher.services.random, without: unable)
    guard let other else { return false }
    trial!.giveUp(at: now)
    leavePlace()
    integration.statistics.uncount(.drawn)
    other.statistics.count(.drawn)
    choices = [other] + choices
    askNext()
    return true
  }

  private func echo(_ integration: Integration) {
    let content = message.prompt.lastMessage.map { $0.span.copied } ?? [UInt8]("\"\"")
    settle(.echoed(integration), Reply(echoing: content.span))
  }

  /// Passes pieces of a reply on, from the first output on. Up to the first content another integration can still
  /// replace the reply.
  func deliver(_ deltas: [ReplyDelta]) {
    guard case .attempting(let attempt) = state else { return }
    if hedge != nil, attempt.hasOutput { dropHedge() }
    guard isLive, let ready = delivered.release(deltas)
    else { return }
    if !recipient.receive(ready, of: head(model: attempt.model)) { attempt.pause() }
  }

  func head(model: [UInt8]?) -> AnswerHead {
    AnswerHead(identifier: identifier, model: model)
  }

  /// Whether the client gets the reply as it is made.
  var isLive: Bool {
    message.isStreaming && (bot.settings.delivery == .live || message.prompt.purpose.isAudio)
  }

  /// Takes the result of an attempt.
  func settle(_ report: AttemptReport, _ reply: Reply?) {
    let integration = self.integration
    var wasStreamed = false
    var hasBegun = false
    if case .attempting(let attempt) = state {
      wasStreamed = attempt.isStream
      hasBegun = attempt.hasBegun
      delivered.note(attempt.partialContent)
    }
    state = .choosing
    if report.failure != .loading || !trial!.wasLoading { note(report, of: integration) }
    trial!.settle(report, at: now)
    dispatcher.watches.note(report, of: integration)
    leavePlace()
    learn(from: report, reply)
    if let reply { return succeed(reply, integration, wasStreamed: wasStreamed) }
    guard let remedy = report.failure?.remedy else {
      preconditionFailure("an attempt without a reply has failed")
    }
    if report.failure == .contextTooLong, trial!.leaveOutOldest(of: sent.history.turns) {
      noteRepair("turns")
      return askAgain()
    }
    // What only hints never makes a message fail.
    if trial!.leavesHintOut(after: report) {
      noteRepair("hints")
      return askAgain()
    }
    // An integration that will not continue another's reply says nothing about what the user wrote.
    let isFiltered = report.failure == .contentFiltered && (delivered.isEmpty || hasBegun)
    filterReason = isFiltered ? report.filterReason(of: integration.settings) : nil
    if isFiltered, !remedy.asksNext, integration.settings.onFilter == .stop {
      finish(.contentFiltered(reason: filterReason!))
    } else if !delivered.isEmpty, hasBegun {
      // An integration that broke off once is not asked for the rest.
      askNext()
    } else if report.failure == .loading, !report.forbidsRetry {
      enter()
    } else {
      retryLater(report.forbidsRetry ? .never : remedy.repetition, after: report.retryAfter)
    }
  }

  /// Keeps an attempt's report, for the client, the statistics and the log.
  func note(_ report: AttemptReport, of integration: Integration) {
    reports.append(report)
    integration.statistics.count(report)
    integration.failures.note(report)
    dispatcher.services.log.write(report, request: request)
  }

  /// Asks the same integration again after a pause, if it has a retry left; else the next.
  private func retryLater(_ repetition: Remedy.Repetition, after retryAfter: TimeSpan?) {
    let random = dispatcher.services.random
    let due = trial!.nextRetry(repetition, after: retryAfter, at: now, using: random)
    if let due { noteRetry(at: due) }
    askAgain(at: due)
  }

  private func askAgain(at due: Instant?) {
    guard let due else { return askNext() }
    state = .pausing(dispatcher.services.loop.schedule(at: due) { [self] in askAgain() })
  }

  private func askAgain() {
    state = .choosing
    if trial!.end > now, integration.breaker.allows(at: now) {
      enter()
    } else if integration.breaker.isProbing, choices.isEmpty {
      // Another exchange's probe will show soon whether the backend works, and there is no other integration.
      askAgain(at: trial!.nextLook(at: now, using: dispatcher.services.random))
    } else {
      askNext()
    }
  }
}
