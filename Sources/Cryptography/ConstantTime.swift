internal import CGnuTLS

/// Whether two secrets are the same, in a time that tells nothing of where they differ; gnutls_memcmp(3). Only
/// whether their lengths differ can be told.
public func equalInConstantTime(_ one: [UInt8], _ other: [UInt8]) -> Bool {
  one.count == other.count && gnutls_memcmp(one, other, one.count) == 0
}
