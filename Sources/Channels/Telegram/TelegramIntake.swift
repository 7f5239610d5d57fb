import Bytes
import Configuration
import EventLoop
import Exchange
import JSON
import Logging
import Platform

/// Makes messages for a bot of Telegram's updates: who may talk, what is for the bot, what belongs together.
final class TelegramIntake {
  let channel: TelegramChannel
  private var services: Services { channel.services }
  private var settings: ChannelSettings { channel.settings }
  /// What is complete later, in order.
  private var gatherings: [TelegramGathering] = []
  /// What is complete, and waits: for its files, or for room in the outbox. In order.
  private var waiting: [TelegramGathering] = []
  private var isFetching = false
  private var retry: TimerID?
  private var refusals = 0
  /// The name of the bot in Telegram; `nil` until it is needed.
  private(set) var username: [UInt8]?
  /// Updates that wait for the name.
  private var nameless: [(TelegramMessage, Int)] = []
  private var isClosed = false

  init(_ channel: TelegramChannel) {
    self.channel = channel
  }

  private var now: Instant { services.loop.now }

  /// Ends what is under way.
  func close() {
    isClosed = true
    services.loop.cancel(retry)
  }

  // MARK: Updates

  /// Takes updates in order.
  func take(_ updates: [TelegramUpdate]) {
    let known = channel.known(among: updates)
    for update in updates {
      switch update.content {
      case .message(let message):
        // It is in the outbox already, from before a restart.
        let isKnown = known.contains {
          $0.update >= update.id && $0.message.place == message.place
            && $0.message.sender.id == message.sender.id
        }
        if isKnown { channel.settle([update.id]) } else { take(message, update.id) }
      case .migration(let old, let new):
        channel.conversations.move(chat: old, to: new)
        channel.settle([update.id])
      case .other:
        ignore(update.id)
      }
    }
  }

  private func take(_ message: TelegramMessage, _ update: Int) {
    guard isAllowed(message) else {
      channel.note(stranger: message.sender)
      return channel.settle([update])
    }
    let command = TelegramCommand(message.text)
    if message.isGroup {
      if settings.groups == .never { return ignore(update) }
      // A group's messages are for the bot by its name, which Telegram tells when it is asked.
      if username == nil, settings.groups == .mention || command?.bot != nil {
        nameless.append((message, update))
        return askForName()
      }
      guard isMeant(message, command) else { return ignore(update) }
    }
    if let command, obey(command, message, update) { return }
    gather(message, update)
  }

  private func ignore(_ update: Int) {
    channel.status.value.ignored += 1
    channel.settle([update])
  }

  private func isAllowed(_ message: TelegramMessage) -> Bool {
    if settings.allows([UInt8](decimal: message.sender.id)) { return true }
    if message.isGroup, settings.allows([UInt8](decimal: message.place.chat)) { return true }
    return message.sender.username.map { settings.allows([UInt8(ascii: "@")] + $0) } ?? false
  }

  /// Whether a group's message is for the bot.
  private func isMeant(_ message: TelegramMessage, _ command: TelegramCommand?) -> Bool {
    let username = self.username ?? []
    if let bot = command?.bot { return bot.span.equalsIgnoringCase(username.span) }
    if settings.groups == .all { return true }
    return message.isFor(bot: channel.api.botID, named: username) || command?.isOwn == true
  }

  /// Asks for the bot's name, once. Without an answer only replies to the bot are for it.
  private func askForName() {
    guard nameless.count == 1 else { return }
    channel.api.call("getMe") { [self] answer in
      if case .ok(let me) = answer { username = me["username"]?.string }
      let messages = nameless
      nameless = []
      if isClosed { return }
      if username == nil { username = [] }
      for (message, update) in messages { take(message, update) }
      // It is asked again for the next message.
      if username?.isEmpty == true { username = nil }
    }
  }

  // MARK: Commands

  /// Does what a command says, if it is one of Postern's. Returns whether nothing is left to answer.
  private func obey(
    _ command: TelegramCommand, _ message: TelegramMessage, _ update: Int
  ) -> Bool {
    guard command.isOwn else { return false }
    complete { $0.place == message.place }
    if command.name.span.equals("start") {
      channel.say(
        "Hello! I am \(channel.botName). Write to me, or /new to begin a new conversation.",
        to: message)
      channel.settle([update])
      return true
    }
    channel.conversations.begin(in: message.place, number: message.id)
    guard command.rest.isEmpty else {
      var message = message
      message.text = command.rest
      gather(message, update)
      return true
    }
    channel.say("A new conversation begins.", to: message)
    channel.settle([update])
    return true
  }

  // MARK: Gathering

  private func gather(_ message: TelegramMessage, _ update: Int) {
    let pause = TimeSpan.milliseconds(settings.gatherMilliseconds)
    for gathering in gatherings
    where gathering.add(message, update: update, at: now, for: pause) { return }
    let gathering = TelegramGathering(message, update: update, at: now, for: pause)
    guard settings.gatherMilliseconds > 0 else { return submit(gathering) }
    // One that is full is complete.
    complete { $0.place == message.place && $0.messages[0].sender.id == message.sender.id }
    gatherings.append(gathering)
  }

  /// Submits what is complete. Returns when to look for further messages.
  func look() -> Instant {
    complete { $0.due <= now }
    return gatherings.map { $0.due }.min() ?? now + .seconds(2)
  }

  private func complete(where isComplete: (TelegramGathering) -> Bool) {
    var rest: [TelegramGathering] = []
    var ready: [TelegramGathering] = []
    for gathering in gatherings {
      if isComplete(gathering) { ready.append(gathering) } else { rest.append(gathering) }
    }
    gatherings = rest
    for gathering in ready { submit(gathering) }
  }

  // MARK: Submitting

  /// Submits now, or after what waits for the same place.
  private func submit(_ gathering: TelegramGathering) {
    let hasFiles = gathering.messages.contains { !$0.files.isEmpty }
    if !hasFiles, !waiting.contains(where: { $0.place == gathering.place }) {
      if submit(gathering, TelegramFetch.text(of: gathering)) { return }
      waiting.append(gathering)
      return submitLater()
    }
    waiting.append(gathering)
    fetchNext()
  }

  private func fetchNext() {
    guard !isFetching, retry == nil, !isClosed, let next = waiting.first else { return }
    isFetching = true
    TelegramFetch(channel.api, next, limit: channel.fileLimit).begin { [self] content in
      isFetching = false
      guard !isClosed else { return }
      guard submit(next, content) else { return submitLater() }
      waiting.removeAll { $0 === next }
      fetchNext()
    }
  }

  /// Tries again later what the outbox has no room for. Telegram keeps it.
  private func submitLater() {
    guard retry == nil else { return }
    refusals += 1
    retry = services.loop.schedule(after: .seconds(min(60, 1 << min(refusals, 6)))) { [self] in
      retry = nil
      fetchNext()
    }
  }

  /// Submits a message. Returns whether it is done with; if not, it is submitted again later.
  private func submit(_ gathering: TelegramGathering, _ content: ChannelContent) -> Bool {
    let updates = gathering.updates
    guard !content.isEmpty else {
      channel.settle(updates)
      return true
    }
    switch channel.submit(gathering, content) {
    case .accepted:
      refusals = 0
      channel.status.value.messages += 1
      channel.sink.whenKept { [self] in if !isClosed { channel.settle(updates) } }
    case .known, .refused(.different):
      channel.settle(updates)
    case .refused(.tooLarge(let limit)):
      channel.log.write(
        .warning, "channel_message_too_large",
        message: "the outbox takes messages of \(limit) bytes: raise [outbox] size")
      channel.say("This message is too large for me.", to: gathering.messages[0])
      channel.settle(updates)
    case .refused(.full), .refused(.unwritable):
      noteWaiting("the outbox takes no message now: Telegram keeps the messages until it does")
      return false
    case .refused(.limit):
      noteWaiting("the person has sent more than [limits] per_user: Telegram keeps the messages")
      return false
    }
    return true
  }

  /// Logs why messages stay at Telegram, once until one is accepted.
  private func noteWaiting(_ reason: Text) {
    if refusals == 0 { channel.log.write(.warning, "channel_waiting", message: reason) }
  }
}

extension TelegramCommand {
  /// Whether Postern itself obeys it.
  fileprivate var isOwn: Bool { name.span.equals("new") || name.span.equals("start") }
}
