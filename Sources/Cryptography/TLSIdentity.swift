public import Bytes
internal import CGnuTLS

/// A server's certificate chain and private key, in PEM.
public enum TLSIdentity {
  /// Why the chain and the key cannot be used together, in GnuTLS's words; `nil` if they can.
  ///
  /// gnutls_certificate_set_x509_key_mem(3).
  public static func fault(certificate: [UInt8], key: [UInt8]) -> Text? {
    let result = cgnutls_check_identity(certificate, certificate.count, key, key.count)
    return result == 0 ? nil : Text(cString: gnutls_strerror(result))
  }
}
