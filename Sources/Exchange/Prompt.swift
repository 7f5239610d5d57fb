import Bytes
package import Configuration
import Context
package import JSON
package import Protocols
package import Storage

/// What is to be answered: one message of a stored conversation, or a client's own list of messages.
package enum Prompt {
  /// The user's message, which continues a stored conversation: a non-empty string or an array of parts. In a client's
  /// request with more messages, those from `next` on follow it, and the system's messages come first.
  case turn(JSONValue, in: ChatRequest?, next: Int)
  /// A client's messages, which are the context. Nothing is stored.
  case given(ChatRequest)

  /// The user's last message, which an `echo` integration answers with.
  package var lastMessage: JSONValue? {
    guard case .given(let chat) = self else { return keptMessage }
    var last: JSONValue?
    for message in chat.messages.elements where message.member("role", is: "user") {
      last = message["content"]
    }
    return last
  }

  /// The message that is stored with its reply; `nil` where nothing is stored.
  package var keptMessage: JSONValue? {
    if case .turn(let content, _, _) = self { content } else { nil }
  }

  /// The client's request in OpenAI's or Anthropic's form, which may have further fields and tools.
  package var chat: ChatRequest? {
    switch self {
    case .turn(_, let chat, _): chat
    case .given(let chat): chat
    }
  }

  /// Writes the messages. Each attempt reads the context again, because a copy would double the memory of every message
  /// in flight.
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
      try Prompt.writeWindow(of: conversation, bot, from: context, to: &encoder)
      try encoder.append(.user, content: content.span)
      if let chat { try encoder.append(messagesOf: chat, from: next) }
    }
  }

  /// Writes the messages of the context that go with the new one.
  private static func writeWindow(
    of conversation: [UInt8], _ bot: BotSettings, from context: ContextStore,
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
