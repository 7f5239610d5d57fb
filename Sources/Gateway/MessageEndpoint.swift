import Bytes
import Configuration
import EventLoop
import HTTPServer
import Platform

/// `POST /v1/bots/{bot}/messages`: from requests to exchanges, and from answers to responses.
final class MessageEndpoint {
  private static let longestKey = 255

  private let dispatcher: Dispatcher
  private var repeats: IdempotencyTable

  init(_ dispatcher: Dispatcher, idempotencyMemory: Int) {
    self.dispatcher = dispatcher
    let random = dispatcher.services.random
    repeats = IdempotencyTable(
      memory: idempotencyMemory, hashKey: SipHash.Key(random.next(), random.next()))
  }

  /// Handles a request whose body has come whole.
  func handle(_ request: Request, for bot: Bot) {
    do throws(APIError) {
      guard let key = try idempotencyKey(of: request, for: bot) else {
        return try exchange(request, bot, key: nil)
      }
      switch repeats.match(key, body: request.body, at: dispatcher.services.loop.now) {
      case .first: try exchange(request, bot, key: key)
      case .answered(let response): request.respond(response)
      case .underWay(let delivery): delivery.join(request)
      case .different:
        throw APIError(
          409, .conflict, "idempotency_key_reused",
          "Another message was sent with this Idempotency-Key in the last 10 minutes.")
      }
    } catch {
      request.respond(error.response())
    }
  }

  private func exchange(_ request: Request, _ bot: Bot, key: [UInt8]?) throws(APIError) {
    let message = try MessageRequest(request.body)
    let delivery = Delivery()
    let exchange = Exchange(message, for: bot, request: request.identifier, through: dispatcher) {
      [self] answer in
      let identifier = dispatcher.services.random.identifier("msg_")
      let response = answer.response(identifier: identifier, bot: bot.settings)
      if let key { settle(key, response) }
      delivery.complete(response)
    }
    // An exchange without an integration to ask is over before `admit` returns.
    delivery.join(request)
    delivery.onAbandon = { [self] in
      if let key { repeats.drop(key) }
      exchange.giveUp()
    }
    if let key { repeats.begin(key, body: request.body, delivery) }
    do throws(APIError) {
      try dispatcher.admit(exchange)
    } catch {
      if let key { repeats.drop(key) }
      delivery.complete(error.response())
    }
  }

  private func settle(_ key: [UInt8], _ response: Response) {
    if response.status == 200 {
      repeats.complete(key, with: response, at: dispatcher.services.loop.now)
    } else {
      repeats.drop(key)
    }
  }

  /// The request's Idempotency-Key, as it is known here: for each bot and each caller (by its API key) it means
  /// something else, so that nobody gets what another was answered.
  private func idempotencyKey(of request: Request, for bot: Bot) throws(APIError) -> [UInt8]? {
    guard let key = request.field("Idempotency-Key") else { return nil }
    guard 1...MessageEndpoint.longestKey ~= key.count,
      key.allSatisfy({ $0.isVisibleASCII || $0 == UInt8(ascii: " ") })
    else {
      throw APIError(
        400, .invalidRequest, "invalid_idempotency_key",
        "Idempotency-Key must be 1 to 255 characters of printable ASCII.")
    }
    let caller = request.field("Authorization") ?? request.field("x-api-key") ?? []
    return repeats.name(of: key, from: caller, for: bot.settings.id)
  }
}
