package import Backends
import Bytes
package import Configuration
import Context
import EventLoop
package import JSON
import Logging
import Outbox
import Platform
import Protocols
package import Storage

extension StatisticsLedger: KeptStatistics {}

/// Admits exchanges up to the limits, keeps those of one conversation in order, and owns what all of them use.
package final class Dispatcher {
  package let services: Services
  /// The backends that are not known to be well.
  package let watches: BackendWatches
  /// The last exchanges.
  package let recorder = FlightRecorder()
  /// What integrations have counted since the beginning.
  package let statistics = StatisticsLedger()
  /// The conversations.
  package let context: ContextStore
  private var limits: LimitsSettings
  private var contextSettings: ContextSettings
  /// How long the messages of a request may be.
  var windowTokens: WindowTokens { contextSettings.windowTokens }
  private var queues = ConversationQueues<ConversationMember>()
  /// The secret key of the hashes in ``QueueKey``.
  let queueHashKey: SipHash.Key
  private var users: UserLimiter?
  /// How many exchanges ended in each way.
  private var endings = [Int](repeating: 0, count: ExchangeEnding.allCases.count)
  /// The most exchanges at once since memory was last returned to the system.
  private var peak = 0
  /// How many exchanges have begun.
  private var beginnings: UInt64 = 0
  private var isGivingBack = false
  private var refused = RefusedMessages()
  /// Whether a bot still exists; without it, every bot does.
  package var botExists: ((_ bot: [UInt8]) -> Bool)?

  /// The number of exchanges at once whose memory is worth returning: a megabyte or more.
  private static let crowd = 8

  package init(
    _ limits: LimitsSettings, _ contextSettings: ContextSettings, context: ContextStore,
    services: Services
  ) {
    self.limits = limits
    self.contextSettings = contextSettings
    self.context = context
    self.services = services
    queueHashKey = SipHash.Key(services.random.next(), services.random.next())
    watches = BackendWatches(services)
    users = makeLimiter(limits.perUser)
  }

  /// Applies other limits to exchanges that come from now on. With another rate, all users start again from zero.
  package func adopt(_ limits: LimitsSettings, _ contextSettings: ContextSettings) {
    self.contextSettings = contextSettings
    if limits.perUser != self.limits.perUser { users = makeLimiter(limits.perUser) }
    self.limits = limits
  }

  private func makeLimiter(_ rate: Rate?) -> UserLimiter? {
    let random = services.random
    return rate.map { UserLimiter($0, key: SipHash.Key(random.next(), random.next())) }
  }

  /// Counts for these integrations from now on, after what an earlier process has counted.
  package func restoreStatistics(of integrations: [Integration]) {
    let found = context.keep(statistics)
    if !found.isEmpty, !statistics.restore(from: found) {
      services.log.write(.warning, "statistics_unreadable") { line in
        line.field("message", "the counts since the beginning and of the last day begin at 0")
      }
    }
    statistics.adopt(integrations)
    for id in statistics.gone {
      services.log.write(.info, "statistics_without_integration") { line in
        line.field("integration", id)
        line.field("message", "its counts are kept, in case that it comes back")
      }
    }
  }

  /// Notes that an exchange may have counted something.
  func noteStatistics() {
    statistics.note(.now)
    if statistics.isChanged { context.noteStatistics() }
  }

  /// Restores what an earlier process learned of these integrations.
  package func restoreLimits(of integrations: [Integration]) {
    guard let learnedLimits = context.learnedLimits else { return }
    for integration in integrations where integration.learned.limit == nil {
      let kept = learnedLimits.entry(of: integration.settings.id, backend: integration.backendHash)
      if let kept {
        integration.learned.restore(
          limit: kept.limit, bytesPer1024Tokens: kept.bytesPer1024Tokens, at: services.loop.now)
      }
    }
  }

  /// Keeps what is known of an integration's context, once its limit is known.
  func keepLimit(of integration: Integration) {
    guard let learnedLimits = context.learnedLimits, let limit = integration.learned.limit else {
      return
    }
    learnedLimits.note(
      LearnedLimits.Entry(
        id: integration.settings.id, backend: integration.backendHash, limit: limit,
        bytesPer1024Tokens: integration.learned.bytesPer1024Tokens))
  }

  /// Lets an exchange begin, now or after others of its conversation. One that is refused does not count for its user,
  /// and no backend has been asked.
  package func admit(_ exchange: Exchange) throws(ExchangeRefusal) {
    if let refusal = rateRefusal(for: exchange.user, of: exchange.botID) {
      throw refuse(exchange, refusal)
    }
    switch queues.arrive(exchange, in: exchange.queueKey, limits: limits) {
    case .refused(let error):
      throw refuse(exchange, error)
    case .begin:
      peak = max(peak, queues.busyCount)
      beginnings &+= 1
      exchange.begin()
    case .wait: exchange.wait()
    }
    noteMessage(from: exchange.user, to: exchange.botID)
  }

  /// Why a user's next message to a bot is refused; `nil` if it is not.
  func rateRefusal(for user: [UInt8]?, of bot: [UInt8]) -> ExchangeRefusal? {
    guard let user, let wait = users?.wait(of: user, bot: bot, at: services.loop.now),
      wait > .milliseconds(0)
    else { return nil }
    return .userRateExceeded(retryAfterSeconds: wait.secondsRoundedUp)
  }

  /// Counts a message for its user.
  func noteMessage(from user: [UInt8]?, to bot: [UInt8]) {
    if let user { users?.count(user, bot: bot, at: services.loop.now) }
  }

  /// Counts, records and logs an exchange that a limit refuses.
  @discardableResult
  func refuse(_ exchange: Exchange, _ refusal: ExchangeRefusal) -> ExchangeRefusal {
    count(.refused)
    exchange.record(ExchangeResult(refusal))
    refused.note(refusal, of: exchange, in: services.log, at: services.loop.now)
    return refusal
  }

  /// Counts an exchange that has ended or was refused.
  package func count(_ ending: ExchangeEnding) {
    endings[ending.rawValue] += 1
  }

  /// The exchanges in flight, and how earlier ones ended.
  package var activity: ExchangeActivity {
    ExchangeActivity(endings: endings, inFlight: queues.busyCount, queued: queues.waitingCount)
  }

  /// Gives up an exchange that waits.
  package func withdraw(_ exchange: Exchange) {
    queues.withdraw(exchange, from: exchange.queueKey)
  }

  /// Lets the next exchange of a conversation begin, at the end of this turn so that a long queue makes no deep stack.
  func leave(_ key: QueueKey) {
    defer { onLeave?() }
    guard let next = queues.leave(key) else { return giveBackMemory() }
    services.loop.atEndOfTurn { next.takeTurn() }
  }

  // MARK: Messages that wait

  /// Is called when an exchange has ended, so that another one may begin.
  var onLeave: (() -> Void)?

  /// Lets a message take its place in its conversation. Returns whether it has the turn, which it holds without being
  /// answered until `begin`.
  func enter(_ place: WaitingPlace) -> Bool { queues.enter(place, in: place.queueKey) }

  /// A message has the turn in its conversation, and is not answered yet, or not any more.
  func park() { queues.parkedCount += 1 }

  /// A message that has the turn is being answered from now on, or leaves.
  func unpark() {
    queues.parkedCount -= 1
    peak = max(peak, queues.busyCount)
    beginnings &+= 1
  }

  /// Gives up a message that does not have the turn.
  func withdraw(_ place: WaitingPlace) { queues.withdraw(place, from: place.queueKey) }

  /// How many messages may be answered at once.
  var inFlightLimit: Int { limits.inFlight }

  /// After many exchanges at once, returns their memory to the system when no exchange has begun for a second.
  private func giveBackMemory() {
    guard queues.busyCount == 0, peak >= Dispatcher.crowd, !isGivingBack else { return }
    isGivingBack = true
    let beginnings = beginnings
    _ = services.loop.schedule(after: .seconds(1)) { [self] in
      isGivingBack = false
      guard self.beginnings == beginnings else { return giveBackMemory() }
      peak = 0
      Environment.giveBackFreeMemory()
    }
  }

  /// Whether a message of a conversation is being answered.
  package func isBusy(_ conversation: [UInt8], of bot: [UInt8]) -> Bool {
    queues.isBusy(QueueKey(bot: bot, conversation, key: queueHashKey))
  }

  /// Puts a turn into the context, unless its bot was deleted meanwhile: its conversations are gone, and stay so.
  ///
  /// Before it come `turns` turns of another conversation that it continues. `time` is in milliseconds since 1970. With
  /// `unlessThere`, a turn that the context has already is not added.
  package func keepTurn(
    _ content: JSONValue, _ said: [UInt8], by integration: [UInt8], bot: [UInt8],
    conversation: [UInt8], continuing part: ConversationPart? = nil, turns: Int = 0,
    userID: [UInt8]?, at time: Int64, unlessThere: Bool = false
  ) {
    guard botExists?(bot) != false else {
      return noteTurnNotKept(bot, conversation, "the bot was deleted meanwhile")
    }
    var asked = content
    if let bytes = withoutLargeParts(content.span), let smaller = try? JSONDocument(bytes) {
      asked = smaller.root
    }
    if unlessThere,
      context.hasTurn(bot: bot, conversation: conversation, at: time, user: asked.span)
    {
      return
    }
    var said = said
    if let smaller = withoutLargeParts(said.span) { said = smaller }
    let tells = services.log.isEnabled(.debug)
    let before = tells ? context.statistics.overwritten : 0
    do throws(ContextError) {
      if let part {
        try context.copy(turns, of: part, bot: bot, to: conversation)
      }
      try context.append(
        bot: bot, conversation: conversation, user: asked.span, reply: said.span,
        integration: integration, userID: userID ?? [], at: time)
      services.log.write(.debug, "turn_kept") { line in
        line.field("bot", bot)
        line.field("conversation", conversation)
        line.field("bytes", asked.span.count + said.count)
        line.field("evicted", Int(context.statistics.overwritten - before))
      }
    } catch {
      // The reply is good. Only later messages of the conversation miss it.
      noteTurnNotKept(bot, conversation, error.message)
    }
  }

  /// The content as the context keeps it; `nil` if it has no large parts and is kept as it is.
  private func withoutLargeParts(_ content: Span<UInt8>) -> [UInt8]? {
    MessageContent.replacingLargeParts(of: content, over: contextSettings.largestPartBytes)
  }

  private func noteTurnNotKept(_ bot: [UInt8], _ conversation: [UInt8], _ reason: Text) {
    services.log.write(.warning, "turn_not_kept") { line in
      line.field("bot", bot)
      line.field("conversation", conversation)
      line.field("reason", reason)
    }
  }
}
