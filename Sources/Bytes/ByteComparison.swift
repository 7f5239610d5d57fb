/// Comparing and cutting borrowed bytes.
extension Span<UInt8> {
  /// Whether these are the same bytes.
  public func equals(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    guard count >= 8 else {
      for index in indices where self[unchecked: index] != other[unchecked: index] { return false }
      return true
    }
    // The last eight bytes may have been compared in part.
    let last = count &- 8
    var index = 0
    while index < last {
      if word(at: index) != other.word(at: index) { return false }
      index &+= 8
    }
    return word(at: last) == other.word(at: last)
  }

  /// Whether these are the bytes of a literal.
  public func equals(_ literal: StaticString) -> Bool { equals(literal.span) }

  /// Whether these bytes begin with those of a literal.
  public func hasPrefix(_ literal: StaticString) -> Bool {
    count >= literal.utf8CodeUnitCount
      && extracting(first: literal.utf8CodeUnitCount).equals(literal.span)
  }

  /// Whether these are the bytes of a literal, the case of ASCII letters aside.
  public func equalsIgnoringCase(_ literal: StaticString) -> Bool {
    equalsIgnoringCase(literal.span)
  }

  /// Whether these are the same bytes, the case of ASCII letters aside.
  public func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    guard count >= 8 else {
      for index in indices {
        let byte = self[unchecked: index]
        guard byte.equalsIgnoringCase(other[unchecked: index]) else { return false }
      }
      return true
    }
    let last = count &- 8
    var index = 0
    while index < last {
      guard word(at: index).equalsIgnoringCase(other.word(at: index)) else { return false }
      index &+= 8
    }
    return word(at: last).equalsIgnoringCase(other.word(at: last))
  }

  /// The position of the first such byte at or after `start`. O(n).
  public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    var index = start
    while index &+ 8 <= count {
      let found = word(at: index).bytes(equalTo: byte)
      if found != 0 { return index &+ found.bytesBeforeMark }
      index &+= 8
    }
    while index < count {
      if self[unchecked: index] == byte { return index }
      index &+= 1
    }
    return nil
  }

  /// The position of the first CR or LF at or after `start`. O(n).
  public func firstLineBreak(from start: Int = 0) -> Int? {
    var index = start
    while index &+ 8 <= count {
      let word = word(at: index)
      let found = word.bytes(equalTo: 0x0A) | word.bytes(equalTo: 0x0D)
      if found != 0 { return index &+ found.bytesBeforeMark }
      index &+= 8
    }
    while index < count {
      if self[unchecked: index] == 0x0A || self[unchecked: index] == 0x0D { return index }
      index &+= 1
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

extension StaticString {
  /// The bytes of a literal, borrowed.
  public var span: Span<UInt8> {
    @_lifetime(immortal)
    get {
      let bytes = UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
      return _overrideLifetime(bytes.span, copying: ())
    }
  }
}
