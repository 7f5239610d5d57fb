internal import CCurl
import Bytes

/// How a transfer failed below HTTP's own semantics, told by the phase that it failed in.
public enum TransferFailure: Error, Equatable, Sendable {
  /// The host's name could not be resolved.
  case nameNotResolved
  /// No connection could be made, or not in time.
  case connectFailed
  /// The host's name resolved only to addresses that are refused (``Upstream/Settings/refusesHostOnly``).
  case addressRefused
  /// The TLS handshake was cut or went wrong.
  case handshakeFailed
  /// The TLS certificate is not trusted: expired, for another name, or of an unknown authority.
  case certificateNotTrusted
  /// The certificate authority file cannot be used.
  case authorityUnusable
  /// The files of the client's certificate and key cannot be used.
  case identityUnusable
  /// The backend wants a client's certificate, or refuses the one that it was shown.
  case identityRefused
  /// No connection to the proxy could be made, or not in time; or its name could not be resolved.
  case proxyUnreachable
  /// The proxy makes no connection to the backend.
  case proxyRefused
  /// The proxy wants a user and a password, or others.
  case proxyUnauthorized
  /// The connection ended or was reset before the response was whole.
  case interrupted
  /// What came is not HTTP.
  case notHTTP
  /// The body is compressed in a way that libcurl does not know, or is damaged.
  case undecodable
  /// The body has more bytes than the limit.
  case tooLarge
  /// The header and trailer sections have more than 64 KB.
  case headTooLarge
  /// libcurl failed for a reason of its own, such as no memory: `CURLcode`.
  case other(code: UInt32)

  /// Sorts libcurl's result; libcurl-errors(3). `nil` for success. `detail` is what libcurl says of it, before any
  /// response.
  init?(_ result: CURLcode, connected: Bool, resolved: Bool, detail: Text = "") {
    if result != CURLE_OK, TransferFailure.tellsOfRefusedIdentity(detail) {
      self = .identityRefused
      return
    }
    switch result {
    case CURLE_OK:
      return nil
    case CURLE_COULDNT_RESOLVE_HOST:
      self = .nameNotResolved
    case CURLE_COULDNT_RESOLVE_PROXY:
      self = .proxyUnreachable
    case CURLE_PROXY:
      self = .proxyRefused
    case CURLE_COULDNT_CONNECT:
      self = .connectFailed
    case CURLE_OPERATION_TIMEDOUT:
      // Only the connection phase has a time limit of libcurl's; how far it came says what hung.
      self = !resolved ? .nameNotResolved : !connected ? .connectFailed : .handshakeFailed
    case CURLE_SSL_CERTPROBLEM:
      self = .identityUnusable
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND,
      CURLE_SSL_ENGINE_SETFAILED, CURLE_USE_SSL_FAILED:
      self = .handshakeFailed
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ISSUER_ERROR:
      self = .certificateNotTrusted
    case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE:
      self = .authorityUnusable
    case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE,
      CURLE_SEND_FAIL_REWIND, CURLE_SSL_SHUTDOWN_FAILED:
      self = .interrupted
    case CURLE_BAD_CONTENT_ENCODING:
      self = .undecodable
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_HTTP2:
      self = .notHTTP
    default:
      self = .other(code: result.rawValue)
    }
  }

  /// Whether libcurl's words say that the backend refuses the client's certificate, or misses one.
  ///
  /// With TLS 1.3 the backend says so after the handshake, and libcurl reports a failed read. So the alert's name
  /// decides (RFC 8446 section 6): libcurl uses these names only for alerts that come from the backend.
  static func tellsOfRefusedIdentity(_ detail: Text) -> Bool {
    let text = detail.bytes.span
    return text.containsIgnoringCase(" alert ")
      && (text.containsIgnoringCase("certificate") || text.containsIgnoringCase("unknown ca"))
  }
}
