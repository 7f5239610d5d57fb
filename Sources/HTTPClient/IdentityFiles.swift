internal import CCurl

/// The paths of a certificate and of its key, both in PEM, that a backend is shown in the TLS handshake.
public struct IdentityFiles: Equatable {
  /// The certificate, and its chain.
  public let certificate: [UInt8]
  /// The certificate's private key.
  public let key: [UInt8]

  /// The files of both.
  public init(certificate: [UInt8], key: [UInt8]) {
    self.certificate = certificate
    self.key = key
  }

  /// Calls `set` with each option of libcurl that names one of the files.
  func forEachOption(_ set: (CURLoption, [UInt8]) -> Void) {
    set(CURLOPT_SSLCERT, certificate)
    set(CURLOPT_SSLKEY, key)
  }
}
