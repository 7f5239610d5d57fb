import Bytes
import Exchange
import JSON
import Protocols
import Storage

extension ChatRequest {
  /// Reads a body. Only what Postern itself needs is checked; the backend judges the rest.
  convenience init(
    _ body: [UInt8], in face: Face, for purpose: Purpose = .chat
  ) throws(APIError) {
    let root = try JSONValue.object(in: body)
    if face == .responses {
      try self.init(reading: root)
      return
    }
    if face == .ollama {
      try self.init(ofOllama: root, for: purpose)
      return
    }
    guard let messages = root["messages"], messages.kind == .array, !messages.isEmpty else {
      throw .invalid("messages", "messages must be a non-empty array.")
    }
    for message in messages.elements where message["role"]?.kind != .string {
      throw .invalid("messages", "Each of messages must be an object with a role.")
    }
    self.init(face, body: root, messages: messages)
  }

  /// Refuses a thread of Anthropic's, whose earlier messages only one backend would know: whichever integration answers
  /// needs all of them.
  func refuseThread() throws(APIError) {
    guard face == .anthropic, body["thread"].present != nil else { return }
    throw APIError(
      .unsupportedParameter,
      "Backends hold no thread for Postern: send the whole conversation, or X-Conversation-Id.",
      parameter: "thread")
  }

  /// The message to a bot, or to one of its integrations. With a `conversation`, the user's last message continues
  /// that; without one, the request's messages are the context. `betas` is the client's `anthropic-beta`.
  func message(
    to integration: [UInt8]?, in conversation: [UInt8]?, betas: [UInt8]? = nil
  ) throws(APIError) -> Message {
    try message(
      prompt(isKept: conversation != nil), to: integration,
      in: conversation.map { (name) throws(APIError) in
        try Message.identifier(name, "X-Conversation-Id")
      }, betas: betas)
  }

  /// The message with this prompt; its fields are checked.
  func message(
    _ prompt: Prompt, to integration: [UInt8]?, in conversation: [UInt8]?, betas: [UInt8]? = nil
  ) throws(APIError) -> Message {
    let isStreaming = try (original ?? body)["stream"].flag("stream")
    if isStreaming, let count = body["n"]?.integer, count != 1 {
      throw .invalid("n", "n must be 1 in a stream.")
    }
    let metadata = (original ?? body)["metadata"]
    let userID = user?.string.flatMap { $0.isEmpty ? nil : $0 }
    if conversation != nil, let userID, userID.count > ContextStore.longestUserID {
      throw .invalid(
        face == .anthropic ? "metadata" : "user",
        "The user's id must be at most \(ContextStore.longestUserID) bytes in a kept conversation.")
    }
    return Message(
      prompt, to: integration, conversation: conversation,
      user: userID.flatMap { ChatRequest.userObject($0) },
      userID: userID, metadata: metadata?.kind == .object ? metadata : nil,
      betas: betas, isStreaming: isStreaming)
  }

  /// The user object of Postern's own format.
  private static func userObject(_ id: [UInt8]) -> JSONValue? {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("id", string: id.span)
    writer.endObject()
    return (try? JSONDocument(writer.finish()))?.root
  }

  private func prompt(isKept: Bool) throws(APIError) -> Prompt {
    if !isKept { return .given(self) }
    var last: (content: JSONValue, next: Int)?
    var index = 0
    for message in messages.elements {
      index += 1
      if message.member("role", is: "user"), let content = message["content"],
        !holdsToolResults(content)
      {
        last = (content, index)
      }
    }
    guard let last else {
      throw .invalid("messages", "messages has no message of the user to continue with.")
    }
    return .turn(try kept(last.content), in: self, next: last.next)
  }

  /// A message's content as the context keeps it.
  private func kept(_ content: JSONValue) throws(APIError) -> JSONValue {
    let kept: JSONValue
    do throws(TranslationFault) {
      kept = try keptContent(content)
    } catch {
      throw .invalid("messages", "A message cannot be kept: \(error.message).")
    }
    if let fault = MessageContent.fault(in: kept) { throw .invalid("messages", fault.message) }
    return kept
  }
}

extension JSONValue {
  /// The model that a client asks for in a body.
  var model: [UInt8] {
    get throws(APIError) {
      guard let model = self["model"]?.string else {
        throw .invalid("model", "model is missing: name a bot, or bot/integration.")
      }
      return model
    }
  }
}
