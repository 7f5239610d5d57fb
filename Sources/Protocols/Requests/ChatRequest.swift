public import JSON

/// A request as OpenAI's or Anthropic's clients send it: a view of the bytes as they came. A request of Responses is in
/// the words of Chat Completions, with the client's own beside it.
///
/// A class, because a message and each of its attempts hand it on, and one reference is cheaper to count than each of its
/// values'.
public final class ChatRequest: Sendable {
  /// The interface that it is written in; never the native one.
  public let face: Face

  /// All of it, an object.
  public let body: JSONValue

  /// The messages, an array of objects.
  public let messages: JSONValue

  /// The client's own request, where `body` and `messages` are a translation of it.
  public let original: JSONValue?

  /// Why the translation lacks something; then only backends with the client's interface are sent the request.
  let fault: TranslationFault?

  /// A request from its parts; `messages` are those of `body`.
  public convenience init(_ face: Face, body: JSONValue, messages: JSONValue) {
    self.init(face, body: body, messages: messages, original: nil, fault: nil)
  }

  /// A request from its parts, with the one that it is a translation of.
  init(
    _ face: Face, body: JSONValue, messages: JSONValue, original: JSONValue?,
    fault: TranslationFault?
  ) {
    self.face = face
    self.body = body
    self.messages = messages
    self.original = original
    self.fault = fault
  }

  /// The user's identifier, if the client gave one.
  public var user: JSONValue? { face.rules.user(of: original ?? body) }

  /// Whether the client asks for an event with the usage at the end of a stream.
  public var asksForUsage: Bool { face.rules.asksForUsage(body) }

  /// The most tokens that the reply may have, if the client says so.
  public var replyLimit: Int? {
    (body["max_completion_tokens"] ?? body["max_tokens"])?.integer.flatMap { $0 > 0 ? $0 : nil }
  }

  /// Whether the system messages are a field, and not among the messages.
  public var hasSystemField: Bool { face.rules.hasSystemField }

  /// The content of the last message where all are the system's, in OpenAI's words.
  var loneSystemContent: JSONValue? {
    var last: JSONValue?
    for message in messages.elements {
      guard message.isSystemMessage else { return nil }
      last = message["content"]
    }
    return last
  }

  /// Whether a user's message holds results of tools, and so belongs to the reply before it.
  public func holdsToolResults(_ content: JSONValue) -> Bool {
    face.rules.holdsToolResults(content)
  }

  /// The content of a user's message as the context keeps it: in OpenAI's words.
  public func keptContent(_ content: JSONValue) throws(TranslationFault) -> JSONValue {
    try face.rules.keptContent(content)
  }
}

extension JSONValue {
  /// Whether a message, in OpenAI's words, is one of the system's.
  var isSystemMessage: Bool {
    guard let role = self["role"] else { return false }
    return role.equals("system") || role.equals("developer")
  }
}
