/// Comparing and cutting borrowed bytes.
extension Span<UInt8> {
  /// Whether these are the same bytes.
  public func equals(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[unchecked: index] != other[unchecked: index] { return false }
    return true
  }

  /// Whether these are the bytes of a literal.
  public func equals(_ literal: StaticString) -> Bool {
    count == literal.utf8CodeUnitCount && hasPrefix(literal)
  }

  /// Whether these bytes begin with those of a literal.
  public func hasPrefix(_ literal: StaticString) -> Bool {
    guard count >= literal.utf8CodeUnitCount else { return false }
    for index in 0..<literal.utf8CodeUnitCount
    where self[unchecked: index] != literal.utf8Start[index] {
      return false
    }
    return true
  }

  /// Whether these are the bytes of a literal, the case of ASCII letters aside.
  public func equalsIgnoringCase(_ literal: StaticString) -> Bool {
    guard count == literal.utf8CodeUnitCount else { return false }
    for index in indices {
      let byte = self[unchecked: index]
      guard byte.equalsIgnoringCase(literal.utf8Start[index]) else { return false }
    }
    return true
  }

  /// Whether these are the same bytes, the case of ASCII letters aside.
  public func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices {
      let byte = self[unchecked: index]
      guard byte.equalsIgnoringCase(other[unchecked: index]) else { return false }
    }
    return true
  }

  /// The position of the first such byte at or after `start`. O(n).
  public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    var index = start
    while index < count {
      if self[unchecked: index] == byte { return index }
      index += 1
    }
    return nil
  }

  /// These bytes without blanks (space, tab) at either end.
  public var trimmingBlanks: Span<UInt8> {
    @_lifetime(copy self)
    get {
      var start = 0
      var end = count
      while start < end, self[unchecked: start].isBlank { start += 1 }
      while end > start, self[unchecked: end - 1].isBlank { end -= 1 }
      return extracting(start..<end)
    }
  }

  /// A copy that owns its bytes.
  public var copied: [UInt8] {
    // As in `append(copying:)`: the shared empty array is left as it is.
    if isEmpty { return [] }
    return withUnsafeBytes { source in
      [UInt8](unsafeUninitializedCapacity: source.count) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
        count = source.count
      }
    }
  }
}
