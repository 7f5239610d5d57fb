import Bytes
import Context
import HTTPServer
import JSON
import Platform
import Storage

/// The conversations of the context as resources.
struct ConversationResources {
  let context: ContextStore

  /// A page of a bot's conversations, the latest first.
  func list(of bot: [UInt8], _ page: Page) -> Response {
    .json { writer in
      writer.name("data")
      writer.beginArray()
      let total = context.conversations(of: bot, from: page.start, limit: page.size) {
        id, activity in
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
        if wanted.contains(place) { write("user", turn.user, turn, nil, to: &writer) }
        if wanted.contains(place + 1) {
          write("assistant", turn.reply, turn, turn.integration.copied, to: &writer)
        }
        place += 2
      }
      writer.endArray()
      page.writeMeta(total: turns * 2, to: &writer)
    }
  }

  /// Deletes a conversation. The answer waits until the deletion is as durable as a turn is.
  func delete(_ id: [UInt8], of bot: [UInt8], _ request: Request) {
    guard context.delete(id, bot: bot) else {
      return request.respond(APIError.noSuchConversation.response())
    }
    context.whenDurable {
      request.respond(Response(status: 204, contentType: nil, body: []))
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

  private func write(
    _ role: StaticString, _ content: Span<UInt8>, _ turn: borrowing Turn,
    _ integration: [UInt8]?, to writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.member("role", string: role)
    writer.member("content", raw: content)
    if let integration { writer.member("integration", string: integration.span) }
    writer.member("created_at", time: turn.time)
    writer.endObject()
  }
}

extension JSONWriter {
  /// Writes a member that is a time, in milliseconds since 1970.
  mutating func member(_ name: StaticString, time milliseconds: Int64) {
    var text: [UInt8] = []
    WallTime(milliseconds: milliseconds).append(to: &text, precision: .milliseconds)
    member(name, string: text.span)
  }
}

extension APIError {
  /// 404 for a conversation without a turn in the ring.
  static var noSuchConversation: APIError {
    APIError(.conversationNotFound, "There is no such conversation, or it was overwritten.")
  }
}
