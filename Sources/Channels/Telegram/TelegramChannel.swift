import Bytes
package import Configuration
import EventLoop
package import Exchange
import JSON
import Logging
import Platform

/// A bot in Telegram.
package final class TelegramChannel: Channel {
  package private(set) var settings: ChannelSettings
  let services: Services
  let sink: any MessageSink
  let api: TelegramAPI
  let log: ChannelLog
  let status: ChannelState
  var conversations: TelegramConversations
  /// What the bot is called.
  private(set) var botName: [UInt8]
  /// The most bytes of files with one message.
  private(set) var fileLimit: Int

  private let poller: TelegramPoller
  /// Refers to this channel, until it ends.
  private var intake: TelegramIntake?
  private let typing: TelegramTyping
  private lazy var delays = Delays(services.loop)

  package init(_ settings: ChannelSettings, _ surroundings: ChannelSurroundings) {
    self.settings = settings
    services = surroundings.services
    sink = surroundings.sink
    botName = surroundings.name(ofBot: settings.bot)
    fileLimit = surroundings.fileLimit
    api = TelegramAPI(settings, services)
    log = ChannelLog(log: services.log, channel: settings.id)
    status = ChannelState(log)
    poller = TelegramPoller(api, services, status)
    typing = TelegramTyping(api, on: services.loop)
    conversations = TelegramConversations(prefix: settings.conversationPrefix) {
      surroundings.newest($0, settings.bot)
    }
  }

  /// What is known of it.
  package var currentStatus: ChannelStatus { status.value }

  /// Begins to ask for updates.
  package func begin() {
    let intake = TelegramIntake(self)
    self.intake = intake
    poller.onUpdates = { intake.take($0) }
    poller.onLook = { intake.look() }
    poller.begin()
  }

  /// Continues with other settings, which have the same token and address.
  package func adopt(_ settings: ChannelSettings, _ surroundings: ChannelSurroundings) {
    self.settings = settings
    botName = surroundings.name(ofBot: settings.bot)
    fileLimit = surroundings.fileLimit
    if status.value.state == .stopped {
      status.value.state = .connecting
      status.value.reason = nil
      poller.begin()
    }
  }

  /// As ``Channel`` has it.
  package func close() {
    drain()
    api.service.close()
  }

  /// As ``Channel`` has it. What Telegram was not told to forget comes again.
  package func drain() {
    poller.onUpdates = nil
    poller.onLook = nil
    poller.close()
    intake?.close()
    intake = nil
    typing.close()
    delays.end()
  }

  // MARK: In

  /// Telegram posts nothing.
  package func take(
    _ request: ChannelRequest, then completion: @escaping (ChannelResponse) -> Void
  ) {
    completion(.unsigned)
  }

  package func noteMessage() {}

  /// Notes that what is done with updates is kept.
  func settle(_ updates: [Int]) { poller.settle(updates) }

  /// Notes a message of a person who is not allowed.
  func note(stranger sender: TelegramSender) {
    status.note(
      stranger: [UInt8](decimal: sender.id), username: sender.username ?? [], name: sender.name)
  }

  /// The messages of these updates that are in the outbox. Earlier ones of the same person in the same place are there,
  /// too, because they were gathered or submitted before.
  func known(among updates: [TelegramUpdate]) -> [(message: TelegramMessage, update: Int)] {
    var known: [(message: TelegramMessage, update: Int)] = []
    for update in updates {
      guard case .message(let message) = update.content, sink.isKnown(key: key(of: update.id))
      else { continue }
      known.append((message, update.id))
    }
    return known
  }

  /// Submits a message with what its files became.
  func submit(_ gathering: TelegramGathering, _ content: ChannelContent) -> Submitted {
    let (message, last) = (gathering.messages[0], gathering.messages.last!)
    let (userID, number) = ([UInt8](decimal: message.sender.id), [UInt8](decimal: last.id))
    var user: [(name: StaticString, value: [UInt8])] = [
      ("id", userID), ("name", message.sender.name),
    ]
    if let username = message.sender.username { user.append(("username", username)) }
    var submission = settings.submission(
      content, in: conversations.conversation(of: message.place),
      request: services.random.identifier("req_"), user: user,
      metadata: [("chat_id", [UInt8](decimal: last.place.chat)), ("message_id", number)])
    submission.key = key(of: gathering.updates.last!)
    submission.address = message.place.address
    // In a group a reply shows what it answers.
    if last.isGroup { submission.note = number }
    return sink.submit(submission, from: userID)
  }

  /// The key of an update in the outbox. Another bot's updates may have the same numbers.
  private func key(of update: Int) -> [UInt8] { ("telegram \(api.botID) \(update)" as Text).bytes }

  // MARK: Out

  /// Says something that is not a reply of the bot's. It is lost if Telegram cannot be reached.
  func say(_ text: Text, to message: TelegramMessage) {
    var writer = JSONWriter()
    writer.beginObject()
    message.place.write(to: &writer)
    writer.member("text", string: text.bytes)
    writer.endObject()
    api.call("sendMessage", writer) { _ in }
  }

  /// As ``Receiver`` has it.
  package func deliver(_ reply: OutboxReply, then completion: @escaping (DeliveryResult) -> Void) {
    guard let place = TelegramPlace(address: reply.address) else {
      return completion(.refused(reason: "the address is not one of Telegram's"))
    }
    let parts = ReplySplitter(limit: TelegramSending.longestPart).parts(
      of: ChannelReply(reply.data).text)
    let answered = Int(decimal: reply.note.span)
    let sending = TelegramSending(reply, parts, to: place, answering: answered, api) {
      [self] result in
      switch result {
      case .delivered: status.value.replies += 1
      case .refused(let reason): log.write(.warning, "channel_reply_refused", reason: reason)
      default: break
      }
      completion(result)
    }
    note(isThinking: true, for: reply.address)
    delays.wait(for: reply, aged: settings.responseDelayMilliseconds) { [self] isOver in
      note(isThinking: false, for: reply.address)
      guard isOver else { return completion(.again(after: nil, reason: "the gateway stops")) }
      sending.begin()
    }
  }

  /// As ``Receiver`` has it.
  package func note(isThinking: Bool, for address: [UInt8]) {
    if !api.service.isClosed { typing.note(isThinking: isThinking, for: address) }
  }
}
