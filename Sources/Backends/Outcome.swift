/// How an attempt ended. The file of the statistics has the raw values: add new ones at the end.
package enum Outcome: Int, CaseIterable, Sendable {
  /// A whole reply.
  case ok
  /// No reply in time.
  case timeout
  /// The host's name could not be resolved.
  case dnsFailed
  /// No connection.
  case connectFailed
  /// No TLS, or a certificate that is not trusted.
  case tlsFailed
  /// 401 or 403.
  case authFailed
  /// 429.
  case rateLimited
  /// Any other response that is not a success, or not HTTP.
  case httpError
  /// A success whose body is not JSON.
  case invalidJSON
  /// A success without content.
  case missingContent
  /// A reply over `max_response`.
  case tooLarge
  /// The connection ended before the reply did.
  case interrupted
  /// The conversation is longer than the model takes.
  case contextTooLong
  /// The backend's policy refuses the content.
  case contentFiltered
  /// The backend's model is being loaded.
  case loading
  /// Not asked, because it failed too often.
  case breakerOpen

  /// The name in `attempts` and in the log.
  package var name: StaticString {
    switch self {
    case .ok: "ok"
    case .timeout: "timeout"
    case .dnsFailed: "dns_failed"
    case .connectFailed: "connect_failed"
    case .tlsFailed: "tls_failed"
    case .authFailed: "auth_failed"
    case .rateLimited: "rate_limited"
    case .httpError: "http_error"
    case .invalidJSON: "invalid_json"
    case .missingContent: "missing_content"
    case .tooLarge: "too_large"
    case .interrupted: "interrupted"
    case .contextTooLong: "context_too_long"
    case .contentFiltered: "content_filtered"
    case .loading: "loading"
    case .breakerOpen: "breaker_open"
    }
  }
}
