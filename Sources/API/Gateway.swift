import EventLoop
import Logging
import Bytes
public import Configuration
import Context
import Protocols
public import HTTPServer
import JSON
import Platform

/// The application behind the server: finds out what a request wants, who may want it, and has it done.
public final class Gateway: RequestHandler {
  private let version: StaticString
  private let dispatcher: Dispatcher
  private let messages: MessageEndpoint
  private let chats: ChatEndpoint
  private let management: Management
  private let conversations: ConversationResources
  // What a reload replaces. Whatever has begun goes on with the objects that it has.
  private var configuration: Configuration
  private var access: AccessControl
  private var bots: BotTable
  private var isDraining = false
  private let start: Instant
  /// What is wrong with the configuration file as it is now, if that is not the one in force.
  private var faults: [[UInt8]] = []

  /// A gateway for a configuration. `version` is what backends are told in `User-Agent`.
  public init(
    _ configuration: Configuration, context: ContextStore, services: Services,
    version: StaticString
  ) {
    self.configuration = configuration
    self.version = version
    dispatcher = Dispatcher(configuration.limits, context: context, services: services)
    messages = MessageEndpoint(
      dispatcher, idempotencyMemory: configuration.limits.idempotencyMemoryBytes)
    chats = ChatEndpoint(messages)
    start = services.loop.now
    management = Management(configuration, services: services, version: version)
    conversations = ConversationResources(context: context)
    access = AccessControl(keys: configuration.keys)
    bots = BotTable(configuration, version: version)
  }

  /// Lets the management API change the configuration file.
  public func manage(with writer: ConfigurationWriter) {
    management.writer = writer
  }

  /// Puts another configuration in force, for requests that come from now on; exchanges in flight finish under the one
  /// that they began with. Integrations that stay keep their connections, and what is known of their backends.
  public func adopt(_ configuration: Configuration) {
    self.configuration = configuration
    access = AccessControl(keys: configuration.keys)
    bots = BotTable(configuration, replacing: bots, version: version)
    messages.adopt(configuration.limits)
    management.configuration = configuration
  }

  /// Notes what keeps the configuration file from being put in force, a line each, without secrets; nothing where it
  /// is in force. `/readyz` shows it.
  public func note(faults: [[UInt8]]) {
    self.faults = faults
  }

  /// From now on `/readyz` says that the gateway is about to stop.
  public func drain() {
    isDraining = true
  }

  // MARK: RequestHandler

  /// Everything that can be refused before the body is read.
  public func admit(_ request: Request) -> Admission {
    do throws(APIError) {
      return try route(request)
    } catch {
      return .answer(error.response(as: ErrorShape(for: request)))
    }
  }

  /// The answer to what the server refuses by itself.
  public func response(to refusal: Refusal, of request: Request?) -> Response {
    APIError(refusal).response(as: ErrorShape(for: request))
  }

  private func route(_ request: Request) throws(APIError) -> Admission {
    guard let target = request.target else { throw APIError(.badTarget) }
    switch Endpoint.match(request.method, target) {
    case .unknown:
      throw APIError(.notFound, "There is nothing at this path.")
    case .otherMethods(let allowed):
      var error = APIError(
        .methodNotAllowed, "This path does not take this method.")
      error.fields.append(("Allow", allowed))
      throw error
    case .found(let endpoint, let parameters):
      let key = try access.admit(
        request.peer, fields: { request.field($0) }, scope: endpoint.scope)
      if endpoint.takesBody, !isJSON(request) {
        throw .notJSON
      }
      return try admit(request, target, to: endpoint, parameters, key)
    }
  }

  private func admit(
    _ request: Request, _ target: Target, to endpoint: Endpoint, _ parameters: [[UInt8]],
    _ key: APIKeySettings?
  ) throws(APIError) -> Admission {
    switch endpoint.subject {
    case .operation:
      return .answer(try operate(endpoint.operation, request, visibleTo: key))
    case .model:
      return try admit(request, to: endpoint.operation, model: parameters, key)
    case .bot:
      let bot = try bot(parameters[0], for: key)
      return try admit(request, target, to: endpoint.operation, on: bot, by: key)
    case .integration:
      let integration = try integration(parameters[0], for: key)
      return try admit(request, to: endpoint.operation, on: integration, by: key)
    case .conversation:
      let bot = try conversationBot(target, key)
      // What no conversation can be called is not looked for.
      guard parameters[0].isIdentifier else { throw .noSuchConversation }
      return try admit(target, to: endpoint.operation, onConversation: parameters[0], of: bot)
    case .bots:
      guard case .createBot = endpoint.operation else {
        return .answer(try management.listBots(request, visibleTo: key))
      }
      try key.checkReachesAll()
      return read { [self] in management.createBot($0) }
    }
  }

  private func operate(
    _ operation: Endpoint.Operation, _ request: Request, visibleTo key: APIKeySettings?
  ) throws(APIError) -> Response {
    switch operation {
    case .statistics:
      return try StatisticsResource(bots: bots.visible(to: key), now: dispatcher.services.loop.now)
        .list(Page(request.target))
    case .metrics:
      return metrics(request, visibleTo: key)
    case .readiness:
      return isDraining ? status("stopping", 503) : status("ready", 200, faults)
    case .openAPI:
      return Response(status: 200, contentType: "application/json", body: Assets.openAPI)
    default:
      return status("ok", 200)
    }
  }

  @inline(never)
  private func metrics(_ request: Request, visibleTo key: APIKeySettings?) -> Response {
    Metrics(
      version: version, uptime: dispatcher.services.loop.now - start,
      isConfigurationValid: faults.isEmpty, activity: dispatcher.activity,
      ring: dispatcher.context.statistics, traffic: request.serverTraffic,
      connections: request.serverConnectionCount,
      droppedLogLines: dispatcher.services.log.droppedLineCount
    ).response(bots.visible(to: key))
  }

  private func admit(
    _ request: Request, to operation: Endpoint.Operation, model name: [[UInt8]],
    _ key: APIKeySettings?
  ) throws(APIError) -> Admission {
    let models = ModelTable(bots, for: key)
    switch operation {
    case .chat(let shape):
      return read { [self] in chats.handle($0, in: shape, models) }
    case .showModel:
      return .answer(try models.response(to: request, for: name))
    default:
      return .answer(models.response(to: request))
    }
  }

  private func admit(
    _ request: Request, _ target: Target, to operation: Endpoint.Operation, on bot: Bot,
    by key: APIKeySettings?
  ) throws(APIError) -> Admission {
    let id = bot.settings.id
    let name = SectionName(.bot, id)
    switch operation {
    case .sendMessage:
      return read { [self] in messages.handle($0, from: key, for: bot) }
    case .createIntegration:
      return read { [self] in management.createIntegration(of: id, $0) }
    case .patchBot:
      return read { [self] in management.patch(name, $0, by: key) }
    case .deleteBot:
      return read { [self] in management.delete(name, $0, by: key) }
    case .listIntegrations:
      return .answer(try management.listIntegrations(of: id, request))
    case .listConversations:
      return .answer(try conversations.list(of: id, target))
    default:
      return .answer(try management.read(name))
    }
  }

  private func admit(
    _ request: Request, to operation: Endpoint.Operation, on integration: Integration,
    by key: APIKeySettings?
  ) throws(APIError) -> Admission {
    let name = SectionName(.integration, integration.settings.id)
    switch operation {
    case .patchIntegration:
      return read { [self] in management.patch(name, $0, by: key) }
    case .deleteIntegration:
      return read { [self] in management.delete(name, $0, by: key) }
    case .testIntegration:
      return read { [self] in test(integration.settings, $0) }
    case .previewIntegration:
      let preview = IntegrationPreview(
        integration: integration, resource: configuration.resource(name),
        bot: configuration.resource(SectionName(.bot, integration.settings.bot)), version: version)
      return .answer(
        try preview.response(to: [UInt8]("\"Hello\""), conversation: [UInt8]("conv_…")))
    default:
      return .answer(try management.read(name))
    }
  }

  private func admit(
    _ target: Target, to operation: Endpoint.Operation, onConversation id: [UInt8],
    of bot: [UInt8]
  ) throws(APIError) -> Admission {
    switch operation {
    case .deleteConversation:
      return read { [self] in conversations.delete(id, of: bot, $0) }
    case .listMessages:
      return .answer(try conversations.messages(id, of: bot, target))
    default:
      return .answer(try conversations.read(id, of: bot))
    }
  }

  /// A test needs no body, but one that comes must be JSON.
  private func test(_ integration: IntegrationSettings, _ request: Request) {
    guard request.body.isEmpty || isJSON(request) else {
      return request.respond(APIError.notJSON.response())
    }
    management.test(integration, request)
  }

  private func read(_ handle: @escaping (Request) -> Void) -> Admission {
    .read(bodyLimit: configuration.server.maxBodyBytes, handle: handle)
  }

  // MARK: What a path names

  private func bot(_ id: [UInt8], for key: APIKeySettings?) throws(APIError) -> Bot {
    try key.checkReaches(id)
    guard let bot = bots[id] else { throw .noSuch(.bot) }
    return bot
  }

  private func integration(
    _ id: [UInt8], for key: APIKeySettings?
  ) throws(APIError) -> Integration {
    guard let integration = bots.integration(id) else { throw .noSuch(.integration) }
    try key.checkReaches(integration.settings.bot)
    return integration
  }

  /// The bot of a conversation: that of the query, or the only one.
  private func conversationBot(
    _ target: Target, _ key: APIKeySettings?
  ) throws(APIError) -> [UInt8] {
    if let id = target.parameter("bot") { return try bot(id, for: key).settings.id }
    guard configuration.bots.count == 1 else {
      throw .invalid("bot", "Whose conversation it is must be said: ?bot=ID.")
    }
    return try bot(configuration.bots[0].id, for: key).settings.id
  }

  /// Whether a body is `application/json` or a type built on it, with any parameters; RFC 9110 section 8.3.1, RFC 6839.
  private func isJSON(_ request: Request) -> Bool {
    request.field("Content-Type") { field in
      let end = field.firstIndex(of: UInt8(ascii: ";")) ?? field.count
      let type = field.extracting(0..<end).trimmingBlanks
      if type.equalsIgnoringCase("application/json") { return true }
      return type.count > 17 && type.extracting(0..<12).equalsIgnoringCase("application/")
        && type.extracting(type.count - 5..<type.count).equalsIgnoringCase("+json")
    } ?? false
  }

  private func status(
    _ word: StaticString, _ status: Int, _ faults: [[UInt8]] = []
  ) -> Response {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("status", string: word)
    if !faults.isEmpty {
      writer.name("reasons")
      writer.beginArray()
      for fault in faults { writer.string(fault.span) }
      writer.endArray()
    }
    writer.endObject()
    return Response(status: status, contentType: "application/json", body: writer.finish())
  }
}

extension APIError {
  /// 415 for a body that is not JSON by its type.
  fileprivate static var notJSON: APIError {
    APIError(
      .unsupportedMediaType, "The body must be JSON, with 'Content-Type: application/json'.")
  }
}
