import Backends
import Configuration
import HTTPServer
import JSON

/// Bots as resources.
enum BotHandlers {
  /// `GET /v1/bots`: all bots, or those that the key is limited to.
  static func list(_ call: Call) throws(APIError) -> Admission {
    let page = try Page(call.request.target)
    return .answer(call.application.management.bots(visibleTo: call.key, page))
  }

  /// `POST /v1/bots`
  static func create(_ call: Call) throws(APIError) -> Admission {
    try call.key.checkReachesAll("add others")
    let (management, key) = (call.application.management, call.key)
    return call.receiveObject { management.createBot($0, $1, by: key) }
  }

  /// `GET /v1/bots/{bot}`
  static func read(_ call: Call) throws(APIError) -> Admission {
    .answer(try call.application.management.resource(try name(call)))
  }

  /// `PATCH /v1/bots/{bot}`
  static func patch(_ call: Call) throws(APIError) -> Admission {
    call.patchResource(try name(call))
  }

  /// `DELETE /v1/bots/{bot}`
  static func delete(_ call: Call) throws(APIError) -> Admission {
    call.deleteResource(try name(call))
  }

  private static func name(_ call: Call) throws(APIError) -> SectionName {
    SectionName(.bot, try call.bot().settings.id)
  }
}
