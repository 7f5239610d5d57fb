public import Bytes
internal import CCryptography

/// Facts of a server's certificate.
public struct TLSCertificate {
  /// When it becomes valid, in seconds since 1970.
  public let activation: Int
  /// When it expires, in seconds since 1970.
  public let expiration: Int
  /// The algorithm of its key, `RSA`.
  public let keyAlgorithm: Text
  /// The size of its key, in bits.
  public let keyBits: Int
  /// Whether the key has less than 112 bits of security: RSA below 2048 bits.
  public let hasWeakKey: Bool
  /// Whether it is signed with a broken hash: SHA-1 or MD5.
  public let hasWeakSignature: Bool

  /// Reads the first certificate of a text in PEM; `nil` without a readable one.
  public init?(pem: [UInt8]) {
    var facts = ccryptography_certificate()
    guard ccryptography_read_certificate(pem, pem.count, &facts) else { return nil }
    activation = Int(clamping: facts.activation)
    expiration = Int(clamping: facts.expiration)
    keyAlgorithm = facts.key_algorithm.map { Text(cString: $0) } ?? "unknown"
    keyBits = Int(facts.key_bits)
    hasWeakKey = facts.has_weak_key
    hasWeakSignature = facts.has_weak_signature
  }
}
