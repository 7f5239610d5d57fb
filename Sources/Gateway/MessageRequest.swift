import Bytes
import Dialects
import JSON

/// The body of `POST /v1/bots/{bot}/messages`, checked.
struct MessageRequest {
  /// The content as sent: a non-empty string or an array of parts.
  let content: JSONValue
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

  init(_ body: [UInt8]) throws(APIError) {
    let members = Members(try MessageRequest.object(body))
    guard let content = members.content else {
      throw .invalid("content", "content is missing: the user's message, as text or message parts.")
    }
    if let fault = MessageContent.fault(in: content) {
      throw .invalid("content", fault.message)
    }
    self.content = content
    conversation = try members.conversation.present.map { (value) throws(APIError) in
      try MessageRequest.identifier(value, "conversation_id")
    }
    user = try MessageRequest.objectMember(members.user, "user")
    userID = try user?["id"].present.map { (value) throws(APIError) in
      try MessageRequest.identifier(value, "user.id")
    }
    platform = user?["platform"]?.string.flatMap { text in
      !text.isEmpty && text.count <= 128 && text.allSatisfy { $0.isVisibleASCII } ? text : nil
    }
    metadata = try MessageRequest.objectMember(members.metadata, "metadata")
    isStreaming =
      try members.stream.present.map { (value) throws(APIError) in
        guard let wanted = value.boolean else {
          throw .invalid("stream", "stream must be true or false.")
        }
        return wanted
      } ?? false
  }

  /// The members that mean something, found in one walk; of several of one name the last counts.
  private struct Members {
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

  private static func object(_ body: [UInt8]) throws(APIError) -> JSONValue {
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONDocument(body).root
    } catch {
      throw APIError(
        400, .invalidRequest, "invalid_json",
        "The body is not valid JSON: \(error.message(in: body.span)).")
    }
    guard root.kind == .object else {
      throw APIError(400, .invalidRequest, "invalid_request", "The body must be a JSON object.")
    }
    return root
  }

  private static func objectMember(
    _ value: JSONValue?, _ name: StaticString
  ) throws(APIError) -> JSONValue? {
    guard let value = value.present else { return nil }
    guard value.kind == .object else { throw .invalid(name, "\(name) must be an object.") }
    return value
  }

  /// 1 to 128 characters of visible ASCII.
  private static func identifier(
    _ value: JSONValue, _ name: StaticString
  ) throws(APIError) -> [UInt8] {
    guard let text = value.string, (1...128).contains(text.count),
      text.allSatisfy({ $0.isVisibleASCII })
    else {
      throw .invalid(name, "\(name) must be 1 to 128 characters of printable ASCII without blanks.")
    }
    return text
  }
}

extension JSONValue? {
  /// The value, unless it is `null`: a client that sends `null` means nothing by it.
  var present: JSONValue? {
    guard let self, !self.isNull else { return nil }
    return self
  }
}
