import Backends
import Bytes
import Configuration
import Context
import Exchange
import HTTPServer
import JSON
import Protocols
import Storage

/// Responses that are stored: turns of the ring.
enum ResponseHandlers {
  /// `GET /v1/responses/{response}`
  static func read(_ call: Call) throws(APIError) -> Admission {
    let stored = try call.storedResponse()
    guard let body = ResponsesTurn.response(stored.reply, created: Int(stored.time / 1000)) else {
      throw .noSuchResponse
    }
    return .answer(Response(status: 200, contentType: "application/json", body: body))
  }

  /// `DELETE /v1/responses/{response}`: the turn alone; the rest of the conversation stays.
  static func delete(_ call: Call) throws(APIError) -> Admission {
    let application = call.application
    let stored = try call.storedResponse()
    return call.receiveBody { request in
      let context = application.dispatcher.context
      context.delete(turn: stored.turn, of: stored.conversation, bot: stored.bot) { wasThere in
        guard wasThere else {
          return request.respond(APIError.noSuchResponse.response(as: .responses))
        }
        application.messages.forget(.conversation(stored.conversation, bot: stored.bot))
        request.respond(
          .json { writer in
            writer.member("id", string: stored.id)
            writer.member("object", string: "response")
            writer.member("deleted", boolean: true)
          })
      }
    }
  }

  /// `GET /v1/responses/{response}/input_items`
  static func listInput(_ call: Call) throws(APIError) -> Admission {
    let stored = try call.storedResponse()
    let target = call.request.target
    var items = ResponsesTurn.items(stored.user, of: stored.id)
    if target?.parameter("order").map({ $0.span.equals("asc") }) != true { items.reverse() }
    if let after = target?.parameter("after"),
      let place = items.firstIndex(where: { $0.id == after })
    {
      items.removeFirst(place + 1)
    }
    let limit = target?.parameter("limit").map { Int(decimal: $0.span) ?? 0 } ?? 20
    guard 1...100 ~= limit else { throw .invalid("limit", "limit must be 1 to 100.") }
    let page = items.prefix(limit)
    return .answer(
      .json { writer in
        writer.member("object", string: "list")
        writer.name("data")
        writer.beginArray()
        for item in page { writer.raw(item.item.span) }
        writer.endArray()
        for (name, id) in [("first_id", page.first?.id), ("last_id", page.last?.id)]
          as [(StaticString, [UInt8]?)]
        {
          writer.name(name)
          if let id { writer.string(id.span) } else { writer.null() }
        }
        writer.member("has_more", boolean: page.count < items.count)
      })
  }
}

extension Call {
  /// The response that the path names, of any bot that the key reaches.
  fileprivate func storedResponse() throws(APIError) -> StoredResponse {
    let id = parameter(0)
    for bot in application.active.bots.visible(to: key) {
      if let stored = StoredResponse(id, of: bot.settings.id, in: application.dispatcher.context) {
        return stored
      }
    }
    throw key.missing(.noSuchResponse)
  }
}

extension APIError {
  /// 404 for a response that is not in the ring.
  static var noSuchResponse: APIError {
    APIError(
      .responseNotFound,
      "There is no such response: it was not stored, was deleted, or was overwritten.")
  }
}
