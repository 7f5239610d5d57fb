internal import CGnuTLS

/// HMAC with SHA-256 (RFC 2104), by GnuTLS.
public enum HMACSHA256 {
  /// The code of `bytes` under `key`, 32 bytes; gnutls_hmac_fast(3). O(length).
  public static func code(of bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: SHA256.digestSize) { code, count in
      let result = gnutls_hmac_fast(
        GNUTLS_MAC_SHA256, key, key.count, bytes, bytes.count, code.baseAddress!)
      // This fails only if a policy of the system forbids it. Nothing can be signed or checked then.
      guard result == 0 else { fatalError("GnuTLS: HMAC with SHA-256 is not available") }
      count = SHA256.digestSize
    }
  }
}
