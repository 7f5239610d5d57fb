/// What the header section of a response says, as far as it matters for taking the body.
public struct ResponseHead: Equatable, Sendable {
  /// The status code, 200 or more.
  public var status: Int
  /// Whether Content-Length is more than the upstream's limit: a body that is gathered has failed already.
  public var announcesTooMuch: Bool

  /// A head from its parts.
  public init(status: Int, announcesTooMuch: Bool = false) {
    self.status = status
    self.announcesTooMuch = announcesTooMuch
  }
}

/// Takes the body of a response as it comes.
///
/// Its functions are called at the end of a turn, never by `post` or another function of the client, and not after the
/// transfer was cancelled or is complete.
public protocol ResponseReceiver: AnyObject {
  /// The header section has come; `contentType` is empty if the field is missing. Returns whether the body is to be
  /// delivered in parts; otherwise it is gathered for the completion, up to the upstream's limit. Called once at most.
  func receive(_ head: ResponseHead, contentType: Span<UInt8>) -> Bool

  /// Another part of the body, not empty: what has come in this turn. How many bytes there are in all is for the
  /// receiver to limit.
  func receive(part: [UInt8])
}
