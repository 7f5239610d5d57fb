internal import CGnuTLS

/// SHA-256 (FIPS 180-4), by GnuTLS.
public enum SHA256 {
  /// The size of a digest, in bytes.
  public static let digestSize = 32

  /// The digest of `bytes`; gnutls_hash_fast(3). O(length).
  public static func digest(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: digestSize) { digest, count in
      let result = gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes, bytes.count, digest.baseAddress!)
      // This fails only if a policy of the system forbids SHA-256. No secret can be checked then.
      guard result == 0 else { fatalError("GnuTLS: SHA-256 is not available") }
      count = digestSize
    }
  }
}
