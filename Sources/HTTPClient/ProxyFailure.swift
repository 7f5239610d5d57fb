internal import CCurl

/// Tells failures of a proxy from those of the backend.
struct ProxyFailure {
  private let easy: UnsafeMutableRawPointer

  /// For the transfer of this handle, which uses a proxy.
  init(_ easy: UnsafeMutableRawPointer) {
    self.easy = easy
  }

  /// The failure, with the proxy's part in it.
  ///
  /// `isSent`: the request was about to be sent. Then the connection stood, and the proxy has no part in the failure.
  func cause(of failure: TransferFailure, isSent: Bool) -> TransferFailure {
    if isSent { return failure }
    switch ccurl_get_long(easy, CURLINFO_HTTP_CONNECTCODE) {
    case 407: return .proxyUnauthorized
    case 300...: return .proxyRefused
    default: break
    }
    switch failure {
    case .connectFailed, .nameNotResolved: return .proxyUnreachable
    case .interrupted: return .proxyRefused
    case .proxyRefused: return causeOfSOCKS
    default: return failure
    }
  }

  /// Why a SOCKS proxy made no connection; CURLINFO_PROXY_ERROR(3).
  private var causeOfSOCKS: TransferFailure {
    switch UInt32(ccurl_get_long(easy, CURLINFO_PROXY_ERROR)) {
    case CURLPX_NO_AUTH.rawValue, CURLPX_USER_REJECTED.rawValue, CURLPX_RECV_AUTH.rawValue:
      .proxyUnauthorized
    case CURLPX_RESOLVE_HOST.rawValue: .nameNotResolved
    default: .proxyRefused
    }
  }
}
