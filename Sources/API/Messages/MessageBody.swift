import Bytes
import Exchange
import JSON
import Protocols

/// The body of `POST /v1/bots/{bot}/messages`: its members, found in one walk; of several of one name the last counts.
struct MessageBody: ~Copyable {
  private var content: JSONValue?
  private var conversation: JSONValue?
  private var user: JSONValue?
  private var metadata: JSONValue?
  private var stream: JSONValue?

  /// The message that a body asks for, checked. For one that has waited in the outbox, `place` is its conversation.
  static func message(
    in body: [UInt8], waitingIn place: [UInt8]? = nil
  ) throws(APIError) -> Message {
    let members = try MessageBody(try .object(in: body))
    guard let content = members.content else {
      throw .invalid("content", "content is missing: give the message, as text or message parts.")
    }
    if let fault = MessageContent.fault(in: content) {
      throw .invalid("content", fault.message)
    }
    let conversation = try members.conversation.present.map { (value) throws(APIError) in
      try Message.identifier(value.string, "conversation_id")
    }
    let user = try object(members.user, "user")
    let userID = try user?["id"].present.map { (value) throws(APIError) in
      try Message.identifier(value.string, "user.id")
    }
    let platform = user?["platform"]?.string.flatMap { $0.isIdentifier ? $0 : nil }
    let metadata = try object(members.metadata, "metadata")
    let isStreaming = try members.stream.flag("stream")
    return Message(
      .turn(content, in: nil, next: 0), to: nil, conversation: place ?? conversation, user: user,
      userID: userID, platform: platform, metadata: metadata,
      isStreaming: isStreaming && place == nil)
  }

  private init(_ root: JSONValue) throws(APIError) {
    var unknown = 0
    for member in root.members {
      if member.isNamed("content") {
        content = member.value
      } else if member.isNamed("conversation_id") {
        conversation = member.value
      } else if member.isNamed("user") {
        user = member.value
      } else if member.isNamed("metadata") {
        metadata = member.value
      } else if member.isNamed("stream") {
        stream = member.value
      } else if unknown < Self.checkedNames {
        unknown += 1
        try Self.checkSpelling(member.name)
      }
    }
  }

  private static let names: [StaticString] = [
    "content", "conversation_id", "user", "metadata", "stream",
  ]
  /// How many unknown names are compared with the known ones: a large body may have very many.
  private static let checkedNames = 16
  /// The longest unknown name that may be a known one, misspelt.
  private static let longestName = 32

  /// Refuses a name that is a known one but for the case, `_` or `-`, or one letter: `conversationId`. Other fields
  /// are ignored.
  private static func checkSpelling(_ name: JSONValue) throws(APIError) {
    guard let written = name.string, 1...longestName ~= written.count else { return }
    for known in names {
      let letters = Self.letters([UInt8](known))
      let distance = Self.letters(written).span.editDistance(to: letters.span)
      if distance <= 1 {
        throw .invalid(known, "\(written) is not a field of a message: write \(known).")
      }
    }
  }

  private static func letters(_ name: [UInt8]) -> [UInt8] {
    name.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
  }

  private static func object(
    _ value: JSONValue?, _ name: StaticString
  ) throws(APIError) -> JSONValue? {
    guard let value = value.present else { return nil }
    guard value.kind == .object else { throw .invalid(name, "\(name) must be an object.") }
    return value
  }
}

extension Message {
  /// An identifier that a client has given as `name`.
  static func identifier(
    _ text: [UInt8]?, _ name: StaticString
  ) throws(APIError) -> [UInt8] {
    guard let text, text.isIdentifier else {
      throw .invalid(name, "\(name) must be 1 to 128 characters of printable ASCII without spaces.")
    }
    return text
  }
}
