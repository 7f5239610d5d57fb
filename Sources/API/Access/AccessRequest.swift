import Bytes
import HTTPServer

/// What access depends on: a request, as far as its head tells about the client.
protocol AccessRequest: AnyObject {
  /// The other end of the connection.
  var peer: Peer { get }

  /// Whether the client speaks HTTP/1.0.
  var isHTTP10: Bool { get }

  /// What the Host field names; `nil` without one, or if it is empty.
  var host: Authority? { get }

  /// The first value of a header field, trimmed; `nil` for a missing one.
  func field(_ name: StaticString) -> [UInt8]?

  /// Whether a field has a name that `matches`.
  func hasField(where matches: (Span<UInt8>) -> Bool) -> Bool
}

extension Request: AccessRequest {}
