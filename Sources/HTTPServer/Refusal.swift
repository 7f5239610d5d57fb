import Bytes

/// Why a request is refused before its content is looked at.
public enum Refusal: Error, Equatable, Sendable {
  /// Two parsers could read the request differently, or it breaks HTTP's grammar; with what is wrong.
  case ambiguous(StaticString)
  /// The request target is not a path with an optional query.
  case badTarget
  /// The request is in a version of HTTP other than 1.0 and 1.1.
  case versionNotSupported
  /// The header section has more bytes or fields than the limit.
  case fieldsTooLarge
  /// The request expects more of the server than `100-continue`; RFC 9110 section 10.1.1.
  case expectationFailed
  /// The connection speaks plain HTTP, and the port TLS.
  case plainHTTP
  /// The body has more bytes than `limit`.
  case bodyTooLarge(limit: Int)
  /// The request took too long, or comes too slowly.
  case tooSlow
  /// Too many connections are open: all together, or from this address.
  case tooManyConnections(fromOneAddress: Bool)
  /// The server is stopping, and cannot wait for the answer any longer.
  case stopping

  /// Whether two refusals are the same.
  public static func == (left: Refusal, right: Refusal) -> Bool {
    switch (left, right) {
    case (.ambiguous(let one), .ambiguous(let other)):
      UnsafeBufferPointer(start: one.utf8Start, count: one.utf8CodeUnitCount).span.equals(other)
    case (.fieldsTooLarge, .fieldsTooLarge), (.badTarget, .badTarget),
      (.versionNotSupported, .versionNotSupported), (.stopping, .stopping),
      (.expectationFailed, .expectationFailed), (.plainHTTP, .plainHTTP), (.tooSlow, .tooSlow):
      true
    case (.bodyTooLarge(let one), .bodyTooLarge(let other)): one == other
    case (.tooManyConnections(let one), .tooManyConnections(let other)): one == other
    default: false
    }
  }

  /// Why, for counters.
  var reason: TurnedAway {
    switch self {
    case .ambiguous, .badTarget: .malformed
    case .versionNotSupported: .version
    case .fieldsTooLarge: .headersTooLarge
    case .expectationFailed: .expectation
    case .plainHTTP: .plainHTTP
    case .bodyTooLarge: .bodyTooLarge
    case .tooManyConnections(fromOneAddress: false): .connectionLimit
    case .tooManyConnections(fromOneAddress: true): .addressLimit
    case .tooSlow: .tooSlow
    case .stopping: .stopping
    }
  }
}
