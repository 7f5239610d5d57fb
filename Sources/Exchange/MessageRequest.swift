import Bytes
import Protocols
import JSON

/// What a client asks a bot, checked, whichever way it came; here as the body of `POST /v1/bots/{bot}/messages`.
final class MessageRequest {
  /// What is to be answered.
  let prompt: Prompt
  /// The one integration that may answer; any of the bot's, if `nil`.
  let integration: [UInt8]?
  /// `nil` where the client starts a new conversation.
  let conversation: [UInt8]?
  /// The user object as sent.
  let user: JSONValue?
  /// The user's identifier.
  let userID: [UInt8]?
  /// The user's platform, where it is text that a header field can carry.
  let platform: [UInt8]?
  /// The metadata object as sent.
  let metadata: JSONValue?
  /// Whether the client wants the reply as it is made.
  let isStreaming: Bool

  /// The body of a message, checked. (An initializer of a class that throws of itself, rather than before it calls
  /// another one, leaks the object in Embedded Swift 6.3.)
  convenience init(_ body: [UInt8]) throws(APIError) {
    let members = Members(try .object(in: body))
    guard let content = members.content else {
      throw .invalid("content", "content is missing: the user's message, as text or message parts.")
    }
    if let fault = MessageContent.fault(in: content) {
      throw .invalid("content", fault.message)
    }
    let conversation = try members.conversation.present.map { (value) throws(APIError) in
      try MessageRequest.identifier(value.string, "conversation_id")
    }
    let user = try MessageRequest.objectMember(members.user, "user")
    let userID = try user?["id"].present.map { (value) throws(APIError) in
      try MessageRequest.identifier(value.string, "user.id")
    }
    let platform = user?["platform"]?.string.flatMap { $0.isIdentifier ? $0 : nil }
    let metadata = try MessageRequest.objectMember(members.metadata, "metadata")
    let isStreaming =
      try members.stream.present.map { (value) throws(APIError) in
        guard let wanted = value.boolean else {
          throw .invalid("stream", "stream must be true or false.")
        }
        return wanted
      } ?? false
    self.init(
      .turn(content, in: nil, next: 0), to: nil, conversation: conversation, user: user,
      userID: userID, platform: platform, metadata: metadata, isStreaming: isStreaming)
  }

  /// The members that mean something, found in one walk; of several of one name the last counts.
  private struct Members: ~Copyable {
    var content: JSONValue?
    var conversation: JSONValue?
    var user: JSONValue?
    var metadata: JSONValue?
    var stream: JSONValue?

    init(_ root: JSONValue) {
      for member in root.members {
        if member.name.equals("content") {
          content = member.value
        } else if member.name.equals("conversation_id") {
          conversation = member.value
        } else if member.name.equals("user") {
          user = member.value
        } else if member.name.equals("metadata") {
          metadata = member.value
        } else if member.name.equals("stream") {
          stream = member.value
        }
      }
    }
  }

  /// A request from its parts.
  init(
    _ prompt: Prompt, to integration: [UInt8]?, conversation: [UInt8]?, user: JSONValue?,
    userID: [UInt8]?, platform: [UInt8]? = nil, metadata: JSONValue?, isStreaming: Bool
  ) {
    self.prompt = prompt
    self.integration = integration
    self.conversation = conversation
    self.user = user
    self.userID = userID
    self.metadata = metadata
    self.platform = platform
    self.isStreaming = isStreaming
  }

  private static func objectMember(
    _ value: JSONValue?, _ name: StaticString
  ) throws(APIError) -> JSONValue? {
    guard let value = value.present else { return nil }
    guard value.kind == .object else { throw .invalid(name, "\(name) must be an object.") }
    return value
  }

  /// An identifier that a client has given as `name`.
  static func identifier(
    _ text: [UInt8]?, _ name: StaticString
  ) throws(APIError) -> [UInt8] {
    guard let text, text.isIdentifier else {
      throw .invalid(name, "\(name) must be 1 to 128 characters of printable ASCII without blanks.")
    }
    return text
  }
}
