import Bytes

/// A header field, or a further top-level field of a request's JSON.
public struct NamedText: Sendable {
  /// The name as written.
  public let name: [UInt8]
  /// The value: of a header field, its text, a secret; of a JSON field, one valid JSON text.
  public let text: [UInt8]
}
