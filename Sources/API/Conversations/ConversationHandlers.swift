import Bytes
import Context
import HTTPServer

/// Conversations that are kept.
enum ConversationHandlers {
  /// `GET /v1/bots/{bot}/conversations`
  static func list(_ call: Call) throws(APIError) -> Admission {
    let bot = try call.keptBot(call.parameter(0))
    let user = try call.user()
    return .answer(
      try call.application.conversations.list(of: bot, with: user, Page(call.request.target)))
  }

  /// `DELETE /v1/bots/{bot}/conversations`
  static func deleteSeveral(_ call: Call) throws(APIError) -> Admission {
    let bot = try call.keptBot(call.parameter(0))
    let parameters = call.request.target?.parameters ?? []
    // Without `user`, everything goes: a misspelt parameter must not mean that.
    guard parameters.count == (call.request.target?.parameter("user") == nil ? 0 : 1) else {
      throw .invalid("user", "Only one parameter, user, is known here: nothing was deleted.")
    }
    let selection: Erasure.Selection =
      if let user = try call.user() { .user(user, bot: bot) } else { .bot(bot) }
    let conversations = call.application.conversations
    return call.receiveBody { conversations.delete(selection, by: call.key, $0) }
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
    return call.receiveBody { conversations.delete(id, of: bot, by: call.key, $0) }
  }

  /// `GET /v1/conversations/{conversation}/messages`
  static func listMessages(_ call: Call) throws(APIError) -> Admission {
    let (id, bot) = try call.conversation()
    return .answer(
      try call.application.conversations.messages(id, of: bot, call.request.target))
  }
}
