import Backends
import Bytes
import Configuration
import HTTPServer
import JSON
import Platform
import Protocols

/// The bots and integrations that a key reaches, as models of OpenAI's and Anthropic's clients.
struct ModelTable {
  /// What `model` means: a bot, or one of its integrations, which alone may answer.
  struct Model {
    let bot: Bot
    let integration: [UInt8]?

    /// Whether it serves a purpose: the integration, or one of the bot's.
    func serves(_ purpose: Purpose) -> Bool {
      guard let integration else { return bot.serves(purpose) }
      return bot.enabledIntegration(integration)?.serves(purpose) == true
    }
  }

  let bots: BotTable
  private let application: Application
  /// When the gateway started. Clients expect a time at which each model was made, and are given this one. Lists alone
  /// need it, so that it is not asked for with every message.
  var created: WallTime { application.startTime }
  /// The key that reaches them, if there is one.
  let key: APIKeySettings?

  /// The models that a request's key reaches; all where it needs none.
  @inline(never)
  init(for call: Call) {
    bots = call.application.active.bots
    application = call.application
    key = call.key
  }

  /// The model of a name, which is `bot`, `bot/integration` or an alias of a bot.
  func model(_ name: [UInt8]) throws(APIError) -> Model {
    let slash = name.span.firstIndex(of: UInt8(ascii: "/"))
    let id = name.span.extracting(first: slash ?? name.count).copied
    let integration = slash.map { name.span.extracting(($0 + 1)...).copied }
    if let bot = bots[id], integration.map({ bot.enabledIntegration($0) != nil }) ?? true {
      try key.checkReaches(id)
      return Model(bot: bot, integration: integration)
    }
    if let bot = bots.bot(withAliasFor: name.span) {
      try key.checkReaches(bot.settings.id)
      return Model(bot: bot, integration: nil)
    }
    try key.checkReaches(id)
    throw APIError(
      .modelNotFound, "There is no such model: see GET /v1/models.", parameter: "model")
  }

  /// The model of a name, if it serves a purpose.
  func model(_ name: [UInt8], for purpose: Purpose) throws(APIError) -> Model {
    let model = try self.model(name)
    guard model.serves(purpose) else {
      throw APIError(
        .modelNotFound,
        "This model does not serve \(purpose.name): an integration of it needs `serves = \(purpose.name)`.",
        parameter: "model")
    }
    return model
  }

  /// The list of all models.
  func response(to request: Request) -> Response {
    let isAnthropic = request.isAnthropic
    var listed: [[UInt8]] = []
    var writer = JSONWriter(reserving: 1024)
    writer.beginObject()
    if !isAnthropic { writer.member("object", string: "list") }
    writer.name("data")
    writer.beginArray()
    for bot in bots.visible(to: key) {
      for name in names(of: bot) {
        write(name, of: bot, isAnthropic, to: &writer)
        listed.append(name)
      }
    }
    writer.endArray()
    if isAnthropic {
      writer.member("has_more", boolean: false)
      writer.member("first_id", text: listed.first)
      writer.member("last_id", text: listed.last)
    }
    writer.endObject()
    return Response(status: 200, contentType: "application/json", body: writer.finish())
  }

  /// What a bot is called as a model: its id, its aliases but for patterns, and each of its integrations.
  func names(of bot: Bot) -> [[UInt8]] {
    let id = bot.settings.id
    var names = [id]
    for alias in bot.settings.aliases where !alias.isPattern { names.append(alias.name) }
    for integration in bot.integrations where integration.settings.isEnabled {
      names.append(id + [UInt8(ascii: "/")] + integration.settings.id)
    }
    return names
  }

  /// One model, by its name.
  func response(to request: Request, for name: [UInt8]) throws(APIError) -> Response {
    var writer = JSONWriter()
    write(name, of: try model(name).bot, request.isAnthropic, to: &writer)
    return Response(status: 200, contentType: "application/json", body: writer.finish())
  }

  private func write(
    _ name: [UInt8], of bot: Bot, _ isAnthropic: Bool, to writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.member("id", string: name.span)
    if isAnthropic {
      var text: [UInt8] = []
      created.append(to: &text, precision: .seconds)
      let title = bot.settings.name
      writer.member("type", string: "model")
      writer.member("display_name", string: title.span)
      writer.member("created_at", string: text.span)
    } else {
      writer.member("object", string: "model")
      writer.member("created", integer: Int(clamping: created.milliseconds / 1000))
      writer.member("owned_by", string: "postern")
    }
    writer.endObject()
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: StaticString, text: [UInt8]?) {
    self.name(name)
    if let text { string(text.span) } else { null() }
  }
}

extension Request {
  /// Whether it comes from a client of Anthropic's API: these always send the field.
  var isAnthropic: Bool { field("anthropic-version") != nil }
}
