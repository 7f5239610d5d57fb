internal import CMicroHTTPD

/// What TLS is agreed with: a certificate chain, its key, and the secret of session tickets.
///
/// A connection keeps the credentials that it began with, so new credentials can apply to new connections only. A
/// session is resumed only with the credentials that it began with, so no client sees an old certificate again.
final class TLSCredentials {
  private let credentials: OpaquePointer

  /// Makes credentials of a chain and a key in PEM; `nil` if they do not belong together, or memory is missing.
  init?(certificate: [UInt8], key: [UInt8]) {
    let made = cmhd_make_credentials(certificate, certificate.count, key, key.count)
    guard let made else { return nil }
    credentials = made
  }

  deinit {
    cmhd_free_credentials(credentials)
  }

  /// Gives them to a starting connection of libmicrohttpd, which must not outlive them. If that fails, so does the
  /// connection's TLS handshake.
  func apply(to connection: OpaquePointer) {
    _ = cmhd_use_credentials(connection, credentials)
  }
}
