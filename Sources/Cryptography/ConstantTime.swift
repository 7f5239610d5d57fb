internal import CCryptography

/// Whether two secrets are equal, in a time that does not depend on where they differ.
///
/// Only a difference in length can be noticed. O(length).
public func equalInConstantTime(_ one: [UInt8], _ other: [UInt8]) -> Bool {
  one.count == other.count && ccryptography_equal(one, other, one.count)
}
