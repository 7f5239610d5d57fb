import Backends
import Bytes
import Configuration
import Context
import EventLoop
import Exchange
import HTTPServer
import Outbox
import Platform
import Protocols
import Storage

/// Turns requests with a message into exchanges, for all interfaces.
final class MessageService {
  /// The longest `Idempotency-Key`.
  private static let longestKey = 255

  let dispatcher: Dispatcher
  private let waiting: WaitingService
  private var repeats: IdempotencyTable

  init(_ dispatcher: Dispatcher, _ waiting: WaitingService, idempotencyMemory: Int) {
    self.dispatcher = dispatcher
    self.waiting = waiting
    let random = dispatcher.services.random
    repeats = IdempotencyTable(
      memory: idempotencyMemory, hashKey: SipHash.Key(random.next(), random.next()))
  }

  /// Applies other limits to requests that come from now on.
  func adopt(_ limits: LimitsSettings, _ context: ContextSettings) {
    dispatcher.adopt(limits, context)
    repeats.memory = limits.idempotencyMemoryBytes
  }

  /// Drops what is kept of conversations that were deleted: the recorded exchanges, and the answers for a repeated
  /// Idempotency-Key.
  func forget(_ selection: Erasure.Selection) {
    dispatcher.recorder.forget(selection)
    waiting.messages.forget(selection)
    switch selection {
    case .conversation(let id, let bot): repeats.drop(bot: bot) { $0 == id }
    case .user(_, let bot), .bot(let bot):
      let context = dispatcher.context
      repeats.drop(bot: bot) { context.activity(of: $0, bot: bot) == nil }
    }
  }

  /// Handles a request whose body has come whole; `caller` is the API key that it was admitted with.
  func handle(_ request: Request, from caller: APIKeySettings?, for bot: Bot) {
    let terms = AnswerTerms(showsAttempts: caller.seesAttempts)
    let format = AnswerFormat(.native, terms, for: bot.settings)
    do throws(APIError) {
      let message = try MessageBody.message(in: request.body)
      try bot.checkServesChat()
      let preferences = Preferences(request)
      let key = try idempotencyKey(of: request, from: caller, for: bot)
      // A stream is for a client that waits: what it prefers does not fit, and is left out. A message that comes
      // again with another preference is still the same message.
      let waits =
        preferences.respondsAsynchronously && !message.isStreaming
        && !(key.map { repeats.knows($0, at: dispatcher.services.loop.now) } ?? false)
      if waits || isWaiting(key) {
        return try waiting.accept(
          message, request, from: caller, for: bot, key: key, preferences)
      }
      answer(request, with: message, from: caller, for: bot, as: format, key: key)
    } catch {
      request.respond(format.response(to: error))
    }
  }

  /// Begins the exchange that answers a request, or joins one with the same Idempotency-Key.
  func answer(
    _ request: Request, with message: Message, from caller: APIKeySettings?, for bot: Bot,
    as format: AnswerFormat
  ) throws(APIError) {
    // What is passed on as it comes is not kept.
    let isPassedLive = message.isStreaming && message.prompt.purpose != .chat
    let key = isPassedLive ? nil : try idempotencyKey(of: request, from: caller, for: bot)
    answer(request, with: message, from: caller, for: bot, as: format, key: key)
  }

  /// The same, with the key already read.
  private func answer(
    _ request: Request, with message: Message, from caller: APIKeySettings?, for bot: Bot,
    as format: AnswerFormat, key: [UInt8]?
  ) {
    message.byteCount = request.body.count
    let responder = Responder(
      request, as: format, isStreaming: message.isStreaming, on: dispatcher.services.loop)
    guard let key else { return exchange(message, bot, responder, from: caller) }
    if isWaiting(key) { return responder.refuse(APIError(.different)) }
    let identity = identity(of: message, request, in: format.face)
    switch repeats.match(
      key, body: request.body, sharing: identity, at: dispatcher.services.loop.now)
    {
    case .first: exchange(message, bot, responder, from: caller, key: key, identity)
    case .answered(let answer): responder.receive(answer)
    case .underWay(let delivery): responder.wait(for: .delivery(delivery))
    case .different:
      responder.refuse(.idempotencyKeyReused)
    }
  }

  /// Whether a message with this key is in the outbox.
  private func isWaiting(_ key: [UInt8]?) -> Bool {
    key.map { waiting.messages.knows($0) } ?? false
  }

  /// What two equal requests share besides the body: the interface and, if a field names it, the conversation.
  private func identity(of message: Message, _ request: Request, in face: Face) -> [UInt8] {
    var identity: [UInt8] = []
    identity.append(face.rawValue)
    identity.append(message.prompt.purpose.rawValue)
    if message.prompt.chat != nil, let conversation = request.field("X-Conversation-Id") {
      identity += conversation
    }
    return identity
  }

  private func exchange(
    _ message: Message, _ bot: Bot, _ responder: Responder, from caller: APIKeySettings?
  ) {
    let exchange = Exchange(
      message, for: bot, request: responder.request.identifier, from: caller?.id,
      through: dispatcher, to: responder)
    responder.wait(for: .exchange(exchange))
    admit(exchange, for: responder)
  }

  /// Begins an exchange whose answer other requests with the same key may wait for.
  private func exchange(
    _ message: Message, _ bot: Bot, _ responder: Responder, from caller: APIKeySettings?,
    key: [UInt8], _ identity: [UInt8]
  ) {
    let delivery = Delivery()
    let exchange = Exchange(
      message, for: bot, request: responder.request.identifier, from: caller?.id,
      through: dispatcher, to: delivery)
    delivery.exchange = exchange
    responder.wait(for: .delivery(delivery))
    repeats.begin(key, body: responder.request.body, delivery, sharing: identity)
    delivery.onEnd = { [self] in settle(key, $0) }
    admit(exchange, for: delivery)
  }

  private func admit(_ exchange: Exchange, for recipient: any Recipient) {
    do throws(ExchangeRefusal) {
      try dispatcher.admit(exchange)
    } catch {
      recipient.refuse(error)
    }
  }

  private func settle(_ key: [UInt8], _ answer: Answer?) {
    if let answer, case .reply = answer.content {
      repeats.complete(key, with: answer, at: dispatcher.services.loop.now)
    } else {
      repeats.drop(key)
    }
  }

  /// The name of the request's Idempotency-Key in the table.
  func idempotencyKey(
    of request: Request, from caller: APIKeySettings?, for bot: Bot
  ) throws(APIError) -> [UInt8]? {
    guard let key = request.field("Idempotency-Key") else { return nil }
    guard 1...MessageService.longestKey ~= key.count,
      key.allSatisfy({ $0.isVisibleASCII || $0 == UInt8(ascii: " ") })
    else {
      throw APIError(
        .invalidIdempotencyKey,
        "Idempotency-Key must be 1 to \(MessageService.longestKey) characters of printable ASCII.")
    }
    return IdempotencyTable.name(of: key, from: caller, for: bot.settings.id)
  }
}

extension Bot {
  /// Refuses a message where each integration that is enabled serves something else.
  fileprivate func checkServesChat() throws(APIError) {
    guard !serves(.chat), integrations.contains(where: { $0.settings.isEnabled }) else { return }
    throw APIError(
      .integrationNotFound,
      "No integration of this bot serves chat: one of them needs chat in its `serves`.")
  }
}
