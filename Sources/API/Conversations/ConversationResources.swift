import Bytes
import Configuration
import Context
import Exchange
import HTTPServer
import JSON
import Logging
import Platform
import Protocols
import Storage

/// The conversations of the context as resources.
struct ConversationResources {
  let context: ContextStore
  let messages: MessageService
  let log: Log

  /// Whether there are any of a bot.
  func areKept(of bot: [UInt8]) -> Bool { context.hasConversations(of: bot) }

  /// A page of a bot's conversations, the latest first; of all, or of those with a turn of one user.
  func list(of bot: [UInt8], with user: [UInt8]?, _ page: Page) -> Response {
    .json { writer in
      writer.name("data")
      writer.beginArray()
      let total = context.conversations(
        of: bot, with: user ?? [], from: page.start, limit: page.size
      ) { id, activity in
        write(id, activity, bot, to: &writer)
      }
      writer.endArray()
      page.writeMeta(total: total, to: &writer)
    }
  }

  /// One conversation.
  func conversation(_ id: [UInt8], of bot: [UInt8]) throws(APIError) -> Response {
    guard let activity = context.activity(of: id, bot: bot) else { throw .noSuchConversation }
    return .json { writer in
      writer.name("data")
      write(id.span, activity, bot, to: &writer)
    }
  }

  /// A page of a conversation's messages, oldest first. Each turn has two.
  func messages(_ id: [UInt8], of bot: [UInt8], _ target: Target?) throws(APIError) -> Response {
    guard context.activity(of: id, bot: bot) != nil else { throw .noSuchConversation }
    let page = try Page(target)
    // The turns that have the page's messages; the first and the last may have one too many.
    let firstTurn = page.start / 2
    var place = firstTurn * 2
    let wanted = page.start..<page.start + page.size
    return .json { writer in
      writer.name("data")
      writer.beginArray()
      let turns = context.turns(of: id, bot: bot, from: firstTurn, limit: page.size / 2 + 1) {
        turn in
        if wanted.contains(place) { write(.user, turn, to: &writer) }
        if wanted.contains(place + 1) {
          write(.assistant, turn, to: &writer)
        }
        place += 2
      }
      writer.endArray()
      page.writeMeta(total: turns * 2, to: &writer)
    }
  }

  /// Deletes a conversation for a client with this key. The answer waits until the deletion is as durable as a turn is.
  func delete(_ id: [UInt8], of bot: [UInt8], by key: APIKeySettings?, _ request: Request) {
    erase(.conversation(id, bot: bot)) { count in
      guard count > 0 else { return request.respond(APIError.noSuchConversation.response()) }
      note(count, .conversation(id, bot: bot), by: key, request)
      request.respond(Response(status: 204, contentType: nil, body: []))
    }
  }

  /// Deletes conversations, and answers with their number, as ``delete(_:of:by:_:)`` does.
  func delete(_ selection: Erasure.Selection, by key: APIKeySettings?, _ request: Request) {
    erase(selection) { count in
      note(count, selection, by: key, request)
      request.respond(
        .json { writer in
          writer.name("data")
          writer.beginObject()
          writer.member("deleted", integer: count)
          writer.endObject()
        })
    }
  }

  /// Deletes the conversations of a bot that was deleted.
  func deleteAll(of bot: [UInt8], then completion: @escaping () -> Void) {
    erase(.bot(bot)) { _ in completion() }
  }

  /// Erases conversations, and the answers that are kept of them for repeated requests.
  private func erase(_ selection: Erasure.Selection, then completion: @escaping (Int) -> Void) {
    context.delete(selection) { [messages] count in
      messages.forget(selection)
      completion(count)
    }
  }

  /// Logs who has deleted how many conversations. A user's id is left out, because it is to be forgotten.
  private func note(
    _ count: Int, _ selection: Erasure.Selection, by key: APIKeySettings?, _ request: Request
  ) {
    log.write(.info, "conversations_deleted") { line in
      line.caller(key, request)
      switch selection {
      case .conversation(let id, let bot):
        line.field("bot", bot)
        line.field("conversation", id)
      case .user(_, let bot):
        line.field("bot", bot)
        line.field("of", "user")
      case .bot(let bot):
        line.field("bot", bot)
        line.field("of", "bot")
      }
      line.field("deleted", count)
      line.field("request_id", request.identifier)
    }
  }

  private func write(
    _ id: Span<UInt8>, _ activity: ConversationActivity, _ bot: [UInt8],
    to writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.member("id", string: id)
    writer.member("bot", string: bot.span)
    writer.member("messages", integer: activity.turns * 2)
    writer.member("created_at", time: activity.oldest)
    writer.member("updated_at", time: activity.newest)
    writer.endObject()
  }

  /// Writes content; of items of Responses the text, and the items beside it.
  private func write(_ kept: Span<UInt8>, to writer: inout JSONWriter) {
    guard let text = ResponsesTurn.text(kept) else {
      return writer.member("content", raw: kept)
    }
    writer.member("content", raw: text.span)
    writer.member("response", raw: kept)
  }

  private func write(_ role: Role, _ turn: borrowing Turn, to writer: inout JSONWriter) {
    writer.beginObject()
    switch role {
    case .user:
      writer.member("role", string: "user")
      write(turn.user, to: &writer)
      if !turn.userID.isEmpty {
        writer.name("user")
        writer.beginObject()
        writer.member("id", string: turn.userID)
        writer.endObject()
      }
    case .assistant:
      writer.member("role", string: "assistant")
      write(turn.reply, to: &writer)
      writer.member("integration", string: turn.integration)
    }
    writer.member("created_at", time: turn.time)
    writer.endObject()
  }
}

extension APIError {
  /// 404 for a conversation without a turn in the ring.
  static var noSuchConversation: APIError {
    APIError(.conversationNotFound, "There is no such conversation, or it was overwritten.")
  }
}
