import Backends
import Configuration
import HTTPServer

/// Conversations that are kept.
enum ConversationHandlers {
  /// `GET /v1/bots/{bot}/conversations`
  static func list(_ call: Call) throws(APIError) -> Admission {
    let bot = try call.bot()
    return .answer(
      try call.application.conversations.list(of: bot.settings.id, Page(call.request.target)))
  }

  /// `GET /v1/conversations/{conversation}`
  static func read(_ call: Call) throws(APIError) -> Admission {
    let (id, bot) = try call.conversation()
    return .answer(try call.application.conversations.conversation(id, of: bot))
  }

  /// `DELETE /v1/conversations/{conversation}`
  static func delete(_ call: Call) throws(APIError) -> Admission {
    let (id, bot) = try call.conversation()
    let conversations = call.application.conversations
    return call.receiveBody { conversations.delete(id, of: bot, $0) }
  }

  /// `GET /v1/conversations/{conversation}/messages`
  static func listMessages(_ call: Call) throws(APIError) -> Admission {
    let (id, bot) = try call.conversation()
    return .answer(
      try call.application.conversations.messages(id, of: bot, call.request.target))
  }
}
