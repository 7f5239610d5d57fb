internal import CCryptography

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
  /// The size of a digest, in bytes.
  public static let digestSize = 32

  /// The digest of `bytes`. O(length).
  public static func digest(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: digestSize) { digest, count in
      // This fails only if a policy of the system forbids SHA-256. No secret can be checked then.
      guard ccryptography_sha256(bytes, bytes.count, digest.baseAddress!) else {
        fatalError("SHA-256 is not available")
      }
      count = digestSize
    }
  }
}
