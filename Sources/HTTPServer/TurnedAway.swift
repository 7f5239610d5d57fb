/// Why a server turns a client away by itself, before the application decides anything.
public enum TurnedAway: Int, CaseIterable, Sendable {
  /// All places are taken.
  case connectionLimit
  /// The client's address has as many connections as one address may have.
  case addressLimit
  /// A request, or the agreement on TLS, takes too long or comes too slowly.
  case tooSlow
  /// The request is not sound HTTP.
  case malformed
  case version
  case headersTooLarge
  case bodyTooLarge
  case expectation
  /// Plain HTTP where TLS is spoken.
  case plainHTTP
  /// The server is stopping.
  case stopping

  /// The reason as counters and the log name it.
  public var name: StaticString {
    switch self {
    case .connectionLimit: "max_connections"
    case .addressLimit: "max_connections_per_ip"
    case .tooSlow: "too_slow"
    case .malformed: "malformed"
    case .version: "version_not_supported"
    case .headersTooLarge: "headers_too_large"
    case .bodyTooLarge: "body_too_large"
    case .expectation: "expectation_failed"
    case .plainHTTP: "plain_http"
    case .stopping: "stopping"
    }
  }

  /// Whether it concerns the server's limits, which an administrator may want to change, and not one request.
  public var isLimit: Bool {
    switch self {
    case .connectionLimit, .addressLimit, .tooSlow: true
    default: false
    }
  }
}
