import Bytes
package import Configuration
import Context
package import JSON
package import Protocols
package import Storage

/// What is to be answered: one message of a conversation that is kept, or all the messages that there are.
package enum Prompt {
  /// The user's message, which goes on with the stored conversation: a non-empty string or an array of parts. Where it
  /// came among others, in a client's request, those from `next` on follow it, and the system's stand in front.
  case turn(JSONValue, in: ChatRequest?, next: Int)
  /// A client's messages, which are the context; nothing is stored.
  case given(ChatRequest)

  /// What an `echo` integration answers with: what the user said last.
  package var lastMessage: JSONValue? {
    guard case .given(let chat) = self else { return keptMessage }
    var last: JSONValue?
    for message in chat.messages.elements where message.member("role", is: "user") {
      last = message["content"]
    }
    return last
  }

  /// The message that becomes part of the conversation with its reply, if any does.
  package var keptMessage: JSONValue? {
    if case .turn(let content, _, _) = self { content } else { nil }
  }

  /// The client's own request, where it has fields and wants calls of tools.
  package var chat: ChatRequest? {
    switch self {
    case .turn(_, let chat, _): chat
    case .given(let chat): chat
    }
  }

  /// Writes the messages. The context is read anew for each attempt: keeping a copy would double the memory of every
  /// message in flight.
  package func write(
    to encoder: inout RequestEncoder, recalling conversation: [UInt8], of bot: BotSettings,
    from context: ContextStore
  ) throws(TranslationFault) {
    switch self {
    case .given(let chat):
      if chat.hasSystemField { try encoder.append(systemOf: chat) }
      try encoder.append(messagesOf: chat)
    case .turn(let content, let chat, let next):
      if let chat { try encoder.append(systemOf: chat) }
      try Prompt.write(context, bot, conversation, to: &encoder)
      try encoder.append(.user, content: content.span)
      if let chat { try encoder.append(messagesOf: chat, from: next) }
    }
  }

  private static func write(
    _ context: ContextStore, _ bot: BotSettings, _ conversation: [UInt8],
    to encoder: inout RequestEncoder
  ) throws(TranslationFault) {
    var fault: TranslationFault?
    context.recall(
      bot: bot.id, conversation: conversation, messages: bot.window - 1
    ) { role, content in
      guard fault == nil else { return }
      do throws(TranslationFault) {
        try encoder.append(role == .user ? .user : .assistant, content: content)
      } catch {
        fault = error
      }
    }
    if let fault { throw fault }
  }
}
