public import Bytes
internal import CCryptography

/// A server's certificate chain and private key, in PEM.
public enum TLSIdentity {
  /// Why the chain and the key cannot be used together; `nil` if they can.
  public static func fault(certificate: [UInt8], key: [UInt8]) -> Text? {
    ccryptography_identity_fault(certificate, certificate.count, key, key.count)
      .map { Text(cString: $0) }
  }
}
