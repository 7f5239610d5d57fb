import Backends
import Bytes
import Configuration
import Context
import EventLoop
import Exchange
import HTTPServer
import JSON
import Logging
import Outbox
import Platform
import Protocols
import Storage

/// Messages that wait, and their results.
enum OutboxHandlers {
  /// `GET /v1/messages/{message}`: where a message is, and its result; with `Prefer: wait=30` once there is one.
  static func readMessage(_ call: Call) throws(APIError) -> Admission {
    let (entry, waiting) = (try entry(call), call.application.waiting)
    return call.receiveBody { request in
      if entry.isGone { return request.respond(APIError.noSuchMessage.response()) }
      waiting.show(entry, to: request)
    }
  }

  /// `DELETE /v1/messages/{message}` and `DELETE /v1/outbox/{message}`: gives a message up, and forgets it.
  static func delete(_ call: Call) throws(APIError) -> Admission {
    let (entry, messages) = (try entry(call), call.application.waiting.messages)
    let key = call.key
    return call.receiveBody { request in
      if entry.isGone { return request.respond(APIError.noSuchMessage.response()) }
      messages.drop(entry)
      messages.dispatcher.services.log.write(.info, "message_dropped") { line in
        describe(entry, key, request, in: &line)
      }
      request.respond(Response(status: 204, contentType: nil, body: []))
    }
  }

  /// `GET /v1/outbox`: the messages that are kept, the oldest first.
  static func list(_ call: Call) throws(APIError) -> Admission {
    let page = try Page(call.request.target)
    let wanted = try status(call.request.target)
    let messages = call.application.waiting.messages
    let table = messages.store.table
    var place = 0
    return .answer(
      .json { writer in
        writer.name("data")
        writer.beginArray()
        for entry in table.inOrder {
          guard wanted == nil || wanted == messages.status(of: entry),
            let message = table.message(of: entry), call.key.reaches(message.bot)
          else { continue }
          if page.start..<page.start + page.size ~= place {
            write(entry, message, of: messages, to: &writer)
          }
          place += 1
        }
        writer.endArray()
        page.writeMeta(total: place, to: &writer)
      })
  }

  /// `GET /v1/outbox/{message}`: one of them, with what was said.
  static func read(_ call: Call) throws(APIError) -> Admission {
    let (entry, messages) = (try entry(call), call.application.waiting.messages)
    guard let message = messages.store.table.message(of: entry) else { throw .noSuchMessage }
    return .answer(
      .json { writer in
        writer.name("data")
        write(entry, message, of: messages, to: &writer, isWhole: true)
      })
  }

  /// `POST /v1/outbox/{message}/retry`: tries at once what waits for a pause, and again what could not be delivered.
  static func retry(_ call: Call) throws(APIError) -> Admission {
    let (entry, messages) = (try entry(call), call.application.waiting.messages)
    let key = call.key
    return call.receiveBody { request in
      if entry.isGone { return request.respond(APIError.noSuchMessage.response()) }
      guard !entry.isFinished || entry.delivery == .waiting || entry.delivery == .failed else {
        return request.respond(
          APIError(
            .nothingToRetry,
            "Nothing is left to do for this message: send it again, if it has failed."
          ).response())
      }
      messages.retry(entry)
      messages.dispatcher.services.log.write(.info, "message_retried") { line in
        describe(entry, key, request, in: &line)
      }
      guard let message = messages.store.table.message(of: entry) else {
        return request.respond(APIError.noSuchMessage.response())
      }
      request.respond(
        .json { writer in
          writer.name("data")
          write(entry, message, of: messages, to: &writer)
        })
    }
  }

  /// The message that the path names, if the key reaches its bot.
  private static func entry(_ call: Call) throws(APIError) -> OutboxEntry {
    let table = call.application.waiting.messages.store.table
    guard let entry = table.entry(call.parameter(0)), let message = table.message(of: entry),
      call.key.reaches(message.bot)
    else { throw call.key.missing(.noSuchMessage) }
    return entry
  }

  private static func status(_ target: Target?) throws(APIError) -> OutboxEntry.Status? {
    guard let text = target?.parameter("status") else { return nil }
    for status in [OutboxEntry.Status.queued, .running, .done, .failed]
    where text.span.equals(status.name) {
      return status
    }
    throw .invalid("status", "status must be queued, running, done or failed.")
  }

  @inline(never)
  private static func write(
    _ entry: OutboxEntry, _ message: OutboxMessage, of messages: WaitingMessages,
    to writer: inout JSONWriter, isWhole: Bool = false
  ) {
    writer.beginObject()
    writer.member("id", string: entry.id)
    writer.member("bot", string: message.bot)
    writer.member("conversation_id", string: message.conversation)
    writer.member("status", string: messages.status(of: entry).name)
    writer.member("created_at", time: entry.created)
    writer.name("receiver")
    if message.receiver.isEmpty { writer.null() } else { writer.string(message.receiver.span) }
    writer.member("delivery", string: entry.delivery.name)
    writer.member("tries", integer: entry.tries)
    if isWhole {
      writer.name("message")
      if message.body.isEmpty { writer.null() } else { writer.raw(message.body.span) }
      writer.name("result")
      if let result = messages.store.table.result(of: entry) {
        writer.raw(result.data.span)
      } else {
        writer.null()
      }
    }
    writer.endObject()
  }

  private static func describe(
    _ entry: OutboxEntry, _ key: APIKeySettings?, _ request: Request, in line: inout LogLine
  ) {
    line.field("id", entry.id)
    line.caller(key, request)
    line.field("request_id", request.identifier)
  }
}

extension OutboxEntry.Delivery {
  /// The name in the API.
  var name: StaticString {
    switch self {
    case .none: "none"
    case .waiting: "waiting"
    case .delivered: "delivered"
    case .failed: "failed"
    }
  }
}
