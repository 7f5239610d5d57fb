internal import CGnuTLS

/// Whether two secrets are equal, in a time that does not depend on where they differ.
///
/// Only a difference in length can be noticed; gnutls_memcmp(3). O(length).
public func equalInConstantTime(_ one: [UInt8], _ other: [UInt8]) -> Bool {
  one.count == other.count && gnutls_memcmp(one, other, one.count) == 0
}
