internal import CCryptography

/// HMAC with SHA-256 (RFC 2104).
public enum HMACSHA256 {
  /// The code of `bytes` under `key`, 32 bytes. O(length).
  public static func code(of bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: SHA256.digestSize) { code, count in
      // This fails only if a policy of the system forbids it. Nothing can be signed or checked then.
      guard
        ccryptography_hmac_sha256(key, key.count, bytes, bytes.count, code.baseAddress!)
      else { fatalError("HMAC with SHA-256 is not available") }
      count = SHA256.digestSize
    }
  }
}
