/// The body of a backend's response in its own format, for a client that gets it as it is.
public final class PassedBody: Sendable {
  /// The backend's `Content-Type`: printable ASCII; empty without one.
  public let contentType: [UInt8]
  /// The body.
  public let bytes: [UInt8]

  init(_ bytes: [UInt8], _ contentType: [UInt8]) {
    self.bytes = bytes
    self.contentType = contentType
  }
}
