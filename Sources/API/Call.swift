import Backends
import Bytes
import Configuration
import HTTPServer
import JSON

/// One request to one endpoint: what the endpoint's handler is given.
struct Call {
  let request: Request
  let path: PathPattern
  /// The key that the client has shown, if one is needed.
  let key: APIKeySettings?
  let application: Application

  /// The decoded value of the path's segment in braces with this index, from 0.
  @inline(never)
  func parameter(_ index: Int) -> [UInt8] {
    // A request without a target has no endpoint.
    let segments = request.target!.segments
    return segments[path.segment(ofParameter: index)].copied
  }

  /// Reads the body, up to `max_body`, and calls `handle` once it has come whole.
  func receiveBody(then handle: @escaping (Request) -> Void) -> Admission {
    .receiveBody(limit: application.active.configuration.server.maxBodyBytes, handle: handle)
  }

  /// Reads the body as ``receiveBody(then:)`` does, and calls `handle` with the JSON object in it. Any other body is
  /// refused.
  func receiveObject(then handle: @escaping (Request, JSONValue) -> Void) -> Admission {
    receiveBody { [application] request in
      do throws(APIError) {
        handle(request, try .object(in: request.body))
      } catch {
        application.refusals.note(error, of: request)
        request.respond(error.response())
      }
    }
  }

  // MARK: What the path names

  /// The bot that the path names first, if the key reaches it.
  func bot() throws(APIError) -> Bot {
    try application.active.bot(parameter(0), for: key)
  }

  /// The id of a bot with conversations, if the key reaches it: of one that exists, or of one that is gone and whose
  /// conversations are still kept. Only a key that reaches all bots reaches those that are gone.
  func keptBot(_ id: [UInt8]) throws(APIError) -> [UInt8] {
    if !application.active.hasBot(id), key?.bots.isEmpty ?? true,
      application.conversations.areKept(of: id)
    {
      return id
    }
    return try application.active.bot(id, for: key).settings.id
  }

  /// The user that the query names, if it does.
  func user() throws(APIError) -> [UInt8]? {
    guard let user = request.target?.parameter("user") else { return nil }
    guard !user.isEmpty else {
      throw .invalid("user", "user is empty: name a user, or leave it out.")
    }
    return user
  }

  /// The integration that the path names first, if the key reaches its bot.
  func integration() throws(APIError) -> Integration {
    guard let integration = application.active.bots.integration(parameter(0)) else {
      throw key.missing(.noSuch(.integration))
    }
    try key.checkReaches(integration.settings.bot)
    return integration
  }

  /// The conversation that the path names first, and its bot: that of the query, or the only one.
  func conversation() throws(APIError) -> (id: [UInt8], bot: [UInt8]) {
    let bots = application.active.configuration.bots
    var bot: [UInt8]
    if let id = request.target?.parameter("bot") {
      bot = id
    } else if bots.count == 1 {
      bot = bots[0].id
    } else {
      throw .invalid("bot", "There are several bots: say whose conversation it is, with ?bot=ID.")
    }
    bot = try keptBot(bot)
    let id = parameter(0)
    // No conversation has such a name.
    guard id.isIdentifier else { throw .noSuchConversation }
    return (id, bot)
  }
}
