import Backends
import Bytes
import Configuration
import HTTPServer
import JSON

/// Integrations as resources, and at work.
enum IntegrationHandlers {
  /// `GET /v1/bots/{bot}/integrations`
  static func list(_ call: Call) throws(APIError) -> Admission {
    let bot = try call.bot()
    let page = try Page(call.request.target)
    return .answer(call.application.management.integrations(of: bot.settings.id, page))
  }

  /// `POST /v1/bots/{bot}/integrations`
  static func create(_ call: Call) throws(APIError) -> Admission {
    let bot = try call.bot().settings.id
    let (management, key) = (call.application.management, call.key)
    return call.receiveObject { management.createIntegration(of: bot, $0, $1, by: key) }
  }

  /// `GET /v1/integrations`
  static func listAll(_ call: Call) throws(APIError) -> Admission {
    let page = try Page(call.request.target)
    return .answer(call.application.management.integrations(visibleTo: call.key, page))
  }

  /// `GET /v1/integrations/{integration}`
  static func read(_ call: Call) throws(APIError) -> Admission {
    .answer(try call.application.management.resource(try name(call)))
  }

  /// `PATCH /v1/integrations/{integration}`
  static func patch(_ call: Call) throws(APIError) -> Admission {
    call.patchResource(try name(call))
  }

  /// `DELETE /v1/integrations/{integration}`
  static func delete(_ call: Call) throws(APIError) -> Admission {
    call.deleteResource(try name(call))
  }

  /// `POST /v1/integrations/{integration}/test`
  static func test(_ call: Call) throws(APIError) -> Admission {
    let settings = try call.integration().settings
    let (management, key) = (call.application.management, call.key)
    return call.receiveBody { management.test(settings, by: key, $0) }
  }

  /// `GET /v1/integrations/{integration}/preview`
  static func preview(_ call: Call) throws(APIError) -> Admission {
    let integration = try call.integration()
    let configuration = call.application.active.configuration
    let settings = integration.settings
    let preview = IntegrationPreview(
      integration: integration,
      resource: configuration.resource(SectionName(.integration, settings.id)),
      bot: configuration.resource(SectionName(.bot, settings.bot)))
    return .answer(
      try preview.response(to: Management.greeting, conversation: [UInt8]("conv_…")))
  }

  private static func name(_ call: Call) throws(APIError) -> SectionName {
    SectionName(.integration, try call.integration().settings.id)
  }
}
