/// Finding literals in borrowed bytes, the case of ASCII letters aside.
extension Span<UInt8> {
  /// Whether these bytes begin with those of a literal, the case of ASCII letters aside.
  public func hasPrefixIgnoringCase(_ literal: StaticString) -> Bool {
    extracting(first: literal.utf8CodeUnitCount).equalsIgnoringCase(literal)
  }

  /// Whether the bytes of a literal occur here, the case of ASCII letters aside. O(n · m), for short literals.
  public func containsIgnoringCase(_ literal: StaticString) -> Bool {
    containsIgnoringCase(literal.span)
  }

  /// Whether these bytes occur here, the case of ASCII letters aside. O(n · m), for a few bytes.
  public func containsIgnoringCase(_ other: Span<UInt8>) -> Bool {
    var start = 0
    while start + other.count <= count {
      if extracting(start..<start + other.count).equalsIgnoringCase(other) { return true }
      start += 1
    }
    return false
  }
}
