public import Bytes

/// What a library tells about a certificate.
public struct CertificateFacts {
  /// When it is valid.
  public let validity: CertificateValidity
  /// The key, if it is too weak: `an RSA key of 1024 bits`.
  public let weakKey: Text?
  /// Whether it is signed with a broken hash.
  public let hasWeakSignature: Bool

  /// Facts from their parts.
  public init(validity: CertificateValidity, weakKey: Text?, hasWeakSignature: Bool) {
    self.validity = validity
    self.weakKey = weakKey
    self.hasWeakSignature = hasWeakSignature
  }
}
