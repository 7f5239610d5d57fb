import EventLoop
import Logging
import Bytes
public import Configuration
import Context
import Dialects
public import HTTPServer
import JSON

/// The application behind the server: finds out what a request wants, who may want it, and has it done.
public final class Gateway: RequestHandler {
  /// What every exchange works with.
  public let services: Services
  /// The conversations' memory.
  let context: ContextStore

  private let configuration: Configuration
  private let access: AccessControl
  private let bots: [Bot]
  private var queues = ConversationQueues<Exchange>()
  private var isDraining = false

  /// A gateway for a configuration. `version` is what backends are told in `User-Agent`.
  public init(
    _ configuration: Configuration, context: ContextStore, services: Services,
    version: StaticString
  ) {
    self.configuration = configuration
    self.context = context
    self.services = services
    access = AccessControl(keys: configuration.keys)
    bots = configuration.bots.map { bot in
      Bot(
        bot,
        integrations: configuration.integrations.filter { $0.bot == bot.id }.map {
          Integration($0, bot: bot, version: version)
        })
    }
  }

  /// From now on `/readyz` says that the gateway is about to stop.
  public func drain() {
    isDraining = true
  }

  // MARK: RequestHandler

  /// Everything that can be refused before the body is read.
  public func admit(_ request: Request) -> Admission {
    guard let target = request.target else {
      return .answer(APIError(.badTarget).response())
    }
    switch Endpoint.match(request.method, target) {
    case .unknown:
      return .answer(
        APIError(404, .notFound, "not_found", "There is nothing at this path.").response())
    case .otherMethods(let allowed):
      var error = APIError(
        405, .invalidRequest, "method_not_allowed", "This path does not take this method.")
      error.fields.append(("Allow", allowed))
      return .answer(error.response())
    case .found(let endpoint, let parameters):
      if let error = refusal(of: request, for: endpoint, parameters) {
        return .answer(error.response())
      }
      return admit(to: endpoint, parameters)
    }
  }

  /// The answer to what the server refuses by itself.
  public func response(to refusal: Refusal) -> Response {
    APIError(refusal).response()
  }

  private func refusal(
    of request: Request, for endpoint: Endpoint, _ parameters: [[UInt8]]
  ) -> APIError? {
    if let error = access.refusal(
      of: request.peer, fields: { request.field($0) }, scope: endpoint.scope, bot: parameters.first)
    {
      return error
    }
    if endpoint.method == .post, !isJSON(request.field("Content-Type")) {
      return APIError(
        415, .invalidRequest, "unsupported_media_type",
        "The body must be JSON, with 'Content-Type: application/json'.")
    }
    return nil
  }

  private func admit(to endpoint: Endpoint, _ parameters: [[UInt8]]) -> Admission {
    switch endpoint.operation {
    case .health:
      return .answer(status("ok", 200))
    case .readiness:
      return .answer(isDraining ? status("stopping", 503) : status("ready", 200))
    case .sendMessage:
      guard let bot = bots.first(where: { $0.settings.id == parameters[0] }) else {
        return .answer(
          APIError(404, .notFound, "bot_not_found", "There is no bot of this name.").response())
      }
      return .read(bodyLimit: configuration.server.maxBodyBytes) { [self] in send($0, to: bot) }
    }
  }

  /// `application/json` or a type built on it, with any parameters; RFC 9110 section 8.3.1, RFC 6839.
  private func isJSON(_ contentType: [UInt8]?) -> Bool {
    guard let contentType else { return false }
    let end = contentType.firstIndex(of: UInt8(ascii: ";")) ?? contentType.count
    let type = contentType.span.extracting(0..<end).trimmingBlanks
    if type.equalsIgnoringCase("application/json") { return true }
    return type.count > 17 && type.extracting(0..<12).equalsIgnoringCase("application/")
      && type.extracting(type.count - 5..<type.count).equalsIgnoringCase("+json")
  }

  private func status(_ word: StaticString, _ status: Int) -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("status", string: word)
    writer.endObject()
    return Response(status: status, contentType: "application/json", body: writer.finish())
  }

  // MARK: Messages

  private func send(_ request: Request, to bot: Bot) {
    do throws(APIError) {
      let message = try MessageRequest(request.body)
      let exchange = Exchange(message, for: bot, request: request, gateway: self)
      switch queues.arrive(
        exchange, in: exchange.queueKey, limits: configuration.limits)
      {
      case .begin: exchange.begin()
      case .wait: exchange.wait()
      case .refused(let error): throw error
      }
    } catch {
      request.respond(error.response())
    }
  }

  /// An exchange that waited is given up.
  func withdraw(_ exchange: Exchange) {
    queues.withdraw(exchange, from: exchange.queueKey)
  }

  /// An exchange that held its conversation is over: the next one begins, at the end of this turn so that a long
  /// queue makes no deep stack.
  func leave(_ exchange: Exchange) {
    guard let next = queues.leave(exchange.queueKey) else { return }
    services.loop.atEndOfTurn { next.begin() }
  }

  /// Puts a turn into the context.
  func record(
    _ content: JSONValue, _ reply: Reply, by integration: Integration, bot: BotSettings,
    conversation: [UInt8]
  ) {
    do throws(ContextError) {
      try context.append(
        bot: bot.id, conversation: conversation, user: content.span, reply: reply.content.span,
        integration: integration.settings.id)
    } catch {
      // The reply is sound; only what comes after will not know of it.
      services.log.write(.warning, "turn_not_kept") { line in
        line.field("bot", bot.id)
        line.field("conversation", conversation)
        line.field("reason", error.message)
      }
    }
  }
}
