/// What the header section of a response says, as far as it matters for taking the body.
public struct ResponseHead: Equatable, Sendable {
  /// The status code, 200 or more.
  public var status: Int
  /// The value of Content-Type; empty where there is none.
  public var contentType: [UInt8]
  /// Whether Content-Length is more than the upstream's limit: a body that is gathered has failed already.
  public var announcesTooMuch: Bool

  /// A head from its parts.
  public init(status: Int, contentType: [UInt8], announcesTooMuch: Bool = false) {
    self.status = status
    self.contentType = contentType
    self.announcesTooMuch = announcesTooMuch
  }
}

/// Takes the body of a response as it comes. Both functions are called at the end of a turn, never by `post` and the
/// like themselves, and not any more once the transfer is cancelled or complete.
public struct ResponseReceiver {
  /// The header section has come. Returns whether the body is to be delivered in parts; otherwise it is gathered for
  /// the completion, up to the upstream's limit. Called once at most.
  public var onHead: (ResponseHead) -> Bool
  /// Another part of the body, not empty: what has come in this turn. How many bytes there are in all is for the
  /// receiver to limit.
  public var onPart: ([UInt8]) -> Void

  /// A receiver of two functions.
  public init(
    onHead: @escaping (ResponseHead) -> Bool, onPart: @escaping ([UInt8]) -> Void
  ) {
    self.onHead = onHead
    self.onPart = onPart
  }
}
