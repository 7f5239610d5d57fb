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
  /// A client's items, which continue a stored conversation. `kept` is what of them is stored with the reply; `nil` for
  /// nothing.
  case items(ChatRequest, kept: JSONValue?)
  /// A client's messages, which are the context. Nothing is stored.
  case given(ChatRequest)
  /// A request for something else than a chat. Nothing is stored.
  case passed(PassedRequest)

  /// What is asked for.
  package var purpose: Purpose {
    if case .passed(let request) = self { request.purpose } else { .chat }
  }

  /// The form that is passed on, if it is one.
  package var form: FormData? {
    if case .passed(let request) = self { request.form } else { nil }
  }

  /// The user's last message, which an `echo` integration answers with.
  package var lastMessage: JSONValue? {
    if case .turn(let content, _, _) = self { return content }
    var last: JSONValue?
    guard let chat else { return nil }
    for message in chat.messages.elements where message.member("role", is: "user") {
      last = message["content"]
    }
    return last
  }

  /// The message that is stored with its reply; `nil` where nothing is stored.
  package var keptMessage: JSONValue? {
    switch self {
    case .turn(let content, _, _): content
    case .items(_, let kept): kept
    case .given, .passed: nil
    }
  }

  /// The client's request in OpenAI's or Anthropic's form, which may have further fields and tools.
  package var chat: ChatRequest? {
    switch self {
    case .turn(_, let chat, _): chat
    case .given(let chat), .items(let chat, _): chat
    case .passed: nil
    }
  }

  /// The reply as it is stored; `nil` where it is not: a reply that calls tools does not end the turn of other interfaces,
  /// because their clients come back with the whole conversation.
  package func keptReply(_ reply: Reply, as id: [UInt8]) -> [UInt8]? {
    if case .items(let chat, kept: .some) = self, let request = chat.original {
      return ResponsesTurn.output(of: reply, to: request, as: id)
    }
    return reply.toolCalls.isEmpty ? reply.content : nil
  }

  /// Whether the new messages begin with the outputs of tools that the last turn has called.
  var answersCalls: Bool {
    guard case .items(let chat, _) = self else { return false }
    return chat.messages.elements.first { _ in true }?.member("role", is: "tool") == true
  }

  /// Whether the new messages are text alone. O(n).
  package var isText: Bool {
    var next = 0
    if case .turn(let content, _, let after) = self {
      if content.kind != .string { return false }
      next = after
    } else if case .given = self {
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
    to encoder: inout RequestEncoder, recalling conversation: [UInt8],
    through part: ConversationPart? = nil, of bot: BotSettings, from context: ContextStore,
    within room: HistoryRoom
  ) throws(TranslationFault) -> WrittenHistory {
    switch self {
    case .passed:
      preconditionFailure("what is passed on has no messages")
    case .given(let chat):
      if chat.hasSystemField { try encoder.append(systemOf: chat) }
      try encoder.append(messagesOf: chat)
      return WrittenHistory()
    case .items(let chat, _):
      try encoder.append(systemOf: chat)
      let new = room.bytes == nil ? 0 : chat.messages.raw.count
      let history = try WrittenHistory.write(
        context, bot, part?.conversation ?? conversation, through: part?.last,
        answersCalls: answersCalls, within: room.reserving(encoder.byteCount + new), to: &encoder)
      try encoder.append(messagesOf: chat)
      return history
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
