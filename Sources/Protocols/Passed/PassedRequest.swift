public import Bytes
public import JSON

/// A client's request for something else than a chat, which is passed on as it came, but for the model.
public final class PassedRequest: Sendable {
  /// What it asks for.
  public let purpose: Purpose
  /// All of it, an object.
  private let body: JSONValue

  /// A request with this body, an object.
  public init(_ purpose: Purpose, body: JSONValue) {
    precondition(purpose != .chat, "chats are translated")
    self.purpose = purpose
    self.body = body
  }

  /// The body for a backend, written into `buffer`, which is empty: the client's members in their order. The backend
  /// gets its own model, and is not asked for a stream.
  public func body(
    for profile: RequestProfile, into buffer: consuming ByteBuffer
  ) -> ByteBuffer {
    var writer = JSONWriter(into: buffer)
    writer.beginObject()
    let model = profile.model
    writer.member("model", string: model.span)
    for member in body.members {
      let name = member.name.string ?? []
      if Self.isReplaced(member) || profile.drops(name.span) { continue }
      writer.name(raw: member.name.span)
      writer.raw(member.value.span)
    }
    writer.endObject()
    return writer.finishedBuffer()
  }

  private static func isReplaced(_ member: JSONMember) -> Bool {
    member.isNamed("model") || member.isNamed("stream") || member.isNamed("stream_options")
  }
}
