import Backends
import Bytes
package import Configuration
import EventLoop
import HTTPClient
import JSON
import Logging
package import Outbox
import Platform
package import Storage

/// The messages whose senders do not wait for the reply, from their arrival until they are forgotten.
///
/// Each has its place in its conversation, among those whose clients wait. When it has the turn and integrations can be
/// reached, an exchange answers it as any other. Its answer is kept first, then the context gets the turn, then the
/// conversation goes on and the reply goes to its receiver. ``recover()`` completes what a crash cut off between these steps.
package final class WaitingMessages {
  package let dispatcher: Dispatcher
  package let store: OutboxStore
  /// The replies that have a receiver.
  package let deliveries: Deliveries
  private(set) var settings: OutboxSettings
  /// What the API makes of bodies and answers.
  package var forms: (any MessageForms)?
  var lines: [[UInt8]: BotLine] = [:]
  /// The messages that are being answered, by the number of their entry.
  var runs: [UInt64: WaitingRun] = [:]
  /// The places of the messages that are queued.
  var places: [UInt64: WaitingPlace] = [:]
  /// The clients that wait for a result.
  var waiters: [UInt64: [ResultWaiter]] = [:]
  /// What is done again when there is room.
  var unkept: [() -> Void] = []
  var isPumping = false
  var housekeeping: (due: Int64, timer: TimerID)?
  let start: (wall: Int64, instant: Instant)
  var isStopped = false

  var loop: EventLoop { dispatcher.services.loop }
  var table: OutboxTable { store.table }

  package init(_ settings: OutboxSettings, in store: OutboxStore, through dispatcher: Dispatcher) {
    self.settings = settings
    self.store = store
    self.dispatcher = dispatcher
    start = (WallTime.now.milliseconds, dispatcher.services.loop.now)
    deliveries = Deliveries(store, dispatcher.services, start: start)
    deliveries.adopt(settings)
    dispatcher.onLeave = { [self] in if !lines.isEmpty { pumpSoon() } }
    dispatcher.watches.onReply = { [self] in noteReply(of: $0) }
    deliveries.onSettled = { [self] in keepHouse(by: $0 + Int64(self.settings.keepMilliseconds)) }
  }

  /// The time in milliseconds since 1970, by the loop's clock.
  var time: Int64 { start.wall + Int64((loop.now - start.instant).milliseconds) }

  /// Applies other settings.
  package func adopt(_ settings: OutboxSettings) {
    self.settings = settings
    deliveries.adopt(settings)
    for (_, line) in lines { release(line, asTrial: true) }
    deliveries.releaseAll()
    keepHouse(by: time)
  }

  /// Begins no exchange and no delivery any more: the process ends, and the rest is done after the next start.
  package func stop() {
    isStopped = true
    deliveries.stop()
  }

  /// Releases what refers to it, at the end of the process.
  package func end() {
    dispatcher.onLeave = nil
    dispatcher.watches.onReply = nil
    deliveries.end()
    forms = nil
    for run in runs.values { run.exchange = nil }
    (lines, runs, places, waiters, unkept) = ([:], [:], [:], [:], [])
  }

  /// Calls `action` once nothing is under way.
  package func whenIdle(_ action: @escaping () -> Void) {
    if runs.isEmpty, !deliveries.isBusy { return action() }
    _ = loop.schedule(after: .milliseconds(50)) { [self] in whenIdle(action) }
  }

  // MARK: Arrival

  /// Takes a message. `userID` counts for `[limits] per_user`.
  package func submit(_ submission: Submission, from userID: [UInt8]?) -> Submitted {
    let fingerprint = Self.fingerprint(of: submission.body)
    if let key = submission.key, let entry = table.entry(withKey: key) {
      let isSame = table.message(of: entry)?.fingerprint == fingerprint
      return isSame ? .known(id: entry.id) : .refused(.different)
    }
    guard store.isWritable else { return .refused(.unwritable) }
    guard submission.body.count + 2048 <= table.longestRecord else {
      return .refused(.tooLarge(limit: table.longestRecord - 2048))
    }
    if let refusal = dispatcher.rateRefusal(for: userID, of: submission.bot) {
      note(refusal, of: submission)
      return .refused(.limit(refusal))
    }
    dispatcher.noteMessage(from: userID, to: submission.bot)
    let message = OutboxMessage(
      id: dispatcher.services.random.identifier("msg_"), created: time, bot: submission.bot,
      conversation: submission.conversation, caller: submission.caller ?? [],
      request: submission.request, key: submission.key ?? [], fingerprint: fingerprint,
      receiver: submission.receiver ?? [], address: submission.address,
      note: submission.note, showsAttempts: submission.showsAttempts, body: submission.body)
    guard let entry = table.add(message) else {
      noteFull()
      return .refused(.full)
    }
    enter(entry, message)
    if table.makeRoomAhead() { store.flushSoon() }
    store.noteChange()
    keepHouse(by: entry.created + Int64(settings.holdMilliseconds))
    return store.isWritable ? .accepted(id: entry.id) : giveBack(entry)
  }

  /// Records a message that a limit refuses: an exchange, as if its client waited.
  private func note(_ refusal: ExchangeRefusal, of submission: Submission) {
    guard let bot = forms?.bot(submission.bot),
      let message = forms?.message(in: submission.body, conversation: submission.conversation)
    else { return dispatcher.count(.refused) }
    message.byteCount = submission.body.count
    let exchange = Exchange(
      message, for: bot, request: submission.request, from: submission.caller, through: dispatcher,
      to: RefusedSubmission())
    dispatcher.refuse(exchange, refusal)
  }

  /// Whether a message with this key was accepted, and has not failed.
  package func knows(_ key: [UInt8]) -> Bool {
    table.entry(withKey: key).map { $0.status != .failed } ?? false
  }

  /// Where a message stands, for clients: one whose result is not safe yet is still running.
  package func status(of entry: OutboxEntry) -> OutboxEntry.Status {
    runs[entry.number] == nil ? entry.status : .running
  }

  /// The file could not be written: the message is not accepted after all.
  func giveBack(_ entry: OutboxEntry) -> Submitted {
    drop(entry)
    return .refused(.unwritable)
  }

  /// Calls `action` when all that was accepted is as safe as `[context] sync` asks for.
  package func whenKept(_ action: @escaping () -> Void) { store.whenDurable(action) }

  private static func fingerprint(of body: [UInt8]) -> UInt64 {
    // The outbox keeps it. A client can only harm itself with a collision.
    var hash = SipHash.unkeyed
    hash.combine(body.span)
    return hash.finish() & ~1
  }

  func enter(_ entry: OutboxEntry, _ message: OutboxMessage) {
    let key = QueueKey(bot: message.bot, message.conversation, key: dispatcher.queueHashKey)
    let place = WaitingPlace(
      entry, bot: message.bot, message.conversation, key: key, of: self)
    places[entry.number] = place
    if dispatcher.enter(place) { noteTurn(of: place) }
  }

  /// Continues what an earlier process has left, before the first message is taken.
  package func recover() {
    for entry in table.inOrder where !entry.isSettled || !entry.isTurnKept {
      guard let message = table.message(of: entry) else { continue }
      if entry.status == .queued {
        enter(entry, message)
      } else {
        if !entry.isTurnKept { restoreTurn(of: entry) }
        if entry.delivery == .waiting { deliveries.add(entry, message) }
      }
    }
    if !table.entries.isEmpty { keepHouse(by: time) }
  }

  /// A crash came after the answer was kept: the context gets its turn, unless it has it.
  func restoreTurn(of entry: OutboxEntry) {
    if let message = table.source(of: entry), let result = table.result(of: entry),
      let asked = forms?.message(in: message.body, conversation: message.conversation),
      let content = asked.prompt.keptMessage,
      let reply = (try? JSONDocument(result.data))?.root["content"]
    {
      dispatcher.keepTurn(
        content, reply.span.copied, by: result.integration, bot: message.bot,
        conversation: message.conversation, userID: asked.userID, at: result.turnTime,
        unlessThere: true)
    }
    noteKeptTurn(of: entry)
  }

  // MARK: Answering

  /// A message has the turn in its conversation.
  func noteTurn(of place: WaitingPlace) {
    place.hasTurn = true
    dispatcher.park()
    line(of: place.bot).append(place)
    pumpSoon()
  }

  func line(of bot: [UInt8]) -> BotLine {
    if let line = lines[bot] { return line }
    let line = BotLine()
    lines[bot] = line
    return line
  }

  func pumpSoon() {
    guard !isPumping, !isStopped else { return }
    isPumping = true
    loop.atEndOfTurn { [self] in
      isPumping = false
      pump()
    }
  }

  /// Begins as many exchanges as half of `in_flight` allows: the rest is for clients that wait.
  func pump() {
    let most = max(1, dispatcher.inFlightLimit / 2)
    for (bot, line) in lines {
      while runs.count < most, let place = line.next() { begin(place) }
      if line.isEmpty, !line.isHeld, !line.isTrial { lines[bot] = nil }
    }
  }

  func begin(_ place: WaitingPlace) {
    let entry = place.entry
    dispatcher.unpark()
    let bot = forms?.bot(place.bot)
    guard var source = table.source(of: entry) else { return leave(place) }
    guard let bot, let message = forms?.message(in: source.body, conversation: place.conversation)
    else { return fail(place, .impossible, bot) }
    guard time < entry.created + Int64(settings.holdMilliseconds) else {
      return fail(place, .expired, bot)
    }
    message.byteCount = source.body.count
    source.body = []
    let run = WaitingRun(place, source, of: self)
    entry.status = .running
    runs[entry.number] = run
    deliveries.note(isThinking: true, source)
    let exchange = Exchange(
      message, for: bot, in: place, request: source.request,
      from: source.caller.isEmpty ? nil : source.caller, through: dispatcher, to: run)
    run.exchange = exchange
    exchange.begin()
  }

  /// Keeps an answer; a run's exchange continues with `completion`.
  func keep(
    _ answer: Answer, of run: WaitingRun, turnTime: Int64, then completion: @escaping () -> Void
  ) {
    guard let bot = forms?.bot(run.place.bot), !run.place.entry.isGone else { return completion() }
    var data = forms!.data(of: answer, from: bot, showsAttempts: run.message.showsAttempts)
    var isDone = false
    var integration: [UInt8] = []
    if case .reply(_, let settings) = answer.content {
      (isDone, integration) = (true, settings.id)
    }
    if data.count + 2048 > table.longestRecord {
      isDone = false
      data = forms!.data(
        of: .replyTooLarge, id: run.place.entry.id, conversation: run.place.conversation, bot: bot)
    }
    keep(
      OutboxResult(
        finished: time, turnTime: turnTime, isDone: isDone, integration: integration, data: data),
      of: run.place.entry, run.message, then: completion)
  }

  func keep(
    _ result: OutboxResult, of entry: OutboxEntry, _ message: OutboxMessage,
    then completion: @escaping () -> Void
  ) {
    if entry.isGone { return completion() }
    guard table.finish(entry, message, result) else {
      unkept.append { [self] in keep(result, of: entry, message, then: completion) }
      noteFull()
      return
    }
    store.noteChange()
    store.whenDurable(completion)
  }

  func noteKeptTurn(of entry: OutboxEntry) {
    if entry.isGone { return }
    table.noteTurn(of: entry)
    store.noteChange()
  }

  /// An exchange has ended: its message is finished, or waits for integrations that can be reached.
  func end(_ run: WaitingRun, with answer: Answer) {
    let place = run.place
    run.exchange = nil
    deliveries.note(isThinking: false, run.message)
    guard !run.isKept else { return settle(run) }
    if let wait = answer.patience, !place.entry.isGone {
      runs[place.entry.number] = nil
      place.entry.status = .queued
      dispatcher.park()
      let line = line(of: place.bot)
      line.putBack(place)
      hold(line, atLeast: wait, of: place.bot)
      return
    }
    keep(answer, of: run, turnTime: 0) { [self] in settle(run) }
  }

  /// A message has its result, which is safe.
  func settle(_ run: WaitingRun) {
    runs[run.place.entry.number] = nil
    finish(run.place, run.message)
  }

  func endTrial(of bot: [UInt8]) {
    if let line = lines[bot], line.isTrying { release(line, asTrial: false) }
  }

  func fail(_ place: WaitingPlace, _ failure: WaitingFailure, _ bot: Bot?) {
    guard let message = table.source(of: place.entry) else { return leave(place) }
    let data = forms!.data(
      of: failure, id: place.entry.id, conversation: place.conversation, bot: bot)
    dispatcher.services.log.write(.warning, "message_given_up") { line in
      line.field("id", place.entry.id)
      line.field("bot", place.bot)
      line.field("reason", failure.reason)
    }
    keep(
      OutboxResult(finished: time, turnTime: 0, isDone: false, integration: [], data: data),
      of: place.entry, message
    ) { [self] in finish(place, message) }
  }

  func finish(_ place: WaitingPlace, _ message: OutboxMessage) {
    let entry = place.entry
    if entry.delivery == .waiting, !entry.isGone {
      deliveries.add(entry, message)
    } else {
      keepHouse(by: entry.settled + Int64(settings.keepMilliseconds))
    }
    tellWaiters(of: entry)
    leave(place)
  }

  func leave(_ place: WaitingPlace) {
    endTrial(of: place.bot)
    places[place.entry.number] = nil
    dispatcher.leave(place.queueKey)
    pumpSoon()
  }
}
