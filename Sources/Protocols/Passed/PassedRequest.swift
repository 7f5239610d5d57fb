public import Bytes
public import JSON

/// A client's request for something else than a chat, which is passed on as it came, but for the model.
public final class PassedRequest: Sendable {
  /// What it asks for.
  public let purpose: Purpose
  /// The form that it is; `nil` for JSON.
  public let form: FormData?
  /// All of it, an object; `nil` for a form.
  private let body: JSONValue?

  /// A request with this body, an object.
  public init(_ purpose: Purpose, body: JSONValue) {
    precondition(purpose != .chat, "chats are translated")
    self.purpose = purpose
    self.body = body
    form = nil
  }

  /// A request with a recording.
  public init(_ purpose: Purpose, form: FormData) {
    self.purpose = purpose
    self.form = form
    body = nil
  }

  /// The body for a backend, written into `buffer`, which is empty: the client's members in their order. The backend
  /// gets its own model, and is asked for a stream only where one is passed on. Of a form it is the model alone, in place
  /// of ``FormData/model``.
  public func body(
    for profile: RequestProfile, streams: Bool = false, into buffer: consuming ByteBuffer
  ) -> ByteBuffer {
    let model = profile.model
    guard let body else {
      buffer.append(model.span)
      return buffer
    }
    var writer = JSONWriter(into: buffer)
    writer.beginObject()
    writer.member("model", string: model.span)
    // Of speech, the client says by other members whether it wants a stream.
    let keepsStream = streams || purpose == .speech
    for member in body.members {
      let name = member.name.string ?? []
      if member.isNamed("model") || profile.drops(name.span) { continue }
      if !keepsStream, member.isNamed("stream") || member.isNamed("stream_options") { continue }
      writer.member(member)
    }
    writer.endObject()
    return writer.finishedBuffer()
  }
}
