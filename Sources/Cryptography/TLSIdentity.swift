internal import CGnuTLS

/// A server's certificate chain and key, in PEM.
public enum TLSIdentity {
  /// Why these cannot serve as an identity, in GnuTLS's words; `nil` if they can.
  public static func fault(certificate: [UInt8], key: [UInt8]) -> String? {
    let result = cgnutls_check_identity(certificate, certificate.count, key, key.count)
    return result == 0 ? nil : String(cString: gnutls_strerror(result))
  }
}
