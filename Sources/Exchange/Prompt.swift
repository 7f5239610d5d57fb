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
  /// A request for something else than a chat. Nothing is stored.
  case passed(PassedRequest)

  /// What is asked for.
  package var purpose: Purpose {
    if case .passed(let request) = self { request.purpose } else { .chat }
  }

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
    case .passed: nil
    }
  }

  /// Whether the new messages are text alone. O(n).
  package var isText: Bool {
    guard case .turn(let content, let chat, let next) = self, content.kind == .string else {
      return false
    }
    guard let chat else { return true }
    var index = 0
    for message in chat.messages.elements {
      if index >= next, message["content"]?.kind != .string { return false }
      index += 1
    }
    return true
  }

  /// Writes the messages, as much of the conversation as there is room for. Each attempt reads the context again, because
  /// a copy would double the memory of every message in flight.
  package func write(
    to encoder: inout RequestEncoder, recalling conversation: [UInt8], of bot: BotSettings,
    from context: ContextStore, within room: HistoryRoom
  ) throws(TranslationFault) -> WrittenHistory {
    switch self {
    case .passed:
      preconditionFailure("what is passed on has no messages")
    case .given(let chat):
      if chat.hasSystemField { try encoder.append(systemOf: chat) }
      try encoder.append(messagesOf: chat)
      return WrittenHistory()
    case .turn(let content, let chat, let next):
      if let chat { try encoder.append(systemOf: chat) }
      let new = room.bytes == nil ? 0 : MessageContent.estimatedSize(of: content.span)
      let history = try WrittenHistory.write(
        context, bot, conversation, within: room.reserving(encoder.byteCount + new), to: &encoder)
      try encoder.append(.user, content: content.span)
      if let chat { try encoder.append(messagesOf: chat, from: next) }
      return history
    }
  }
}
