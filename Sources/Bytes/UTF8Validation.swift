extension Span<UInt8> {
  /// The position of the first byte that is not part of well-formed UTF-8 (RFC 3629: no overlong forms, no
  /// surrogates, nothing above U+10FFFF), or `nil` if all is well. O(n).
  public func firstInvalidUTF8(from start: Int = 0) -> Int? {
    var index = start
    while index < count {
      guard let length = utf8SequenceLength(at: index) else { return index }
      index += length
    }
    return nil
  }

  /// The length, 1 to 4, of the well-formed UTF-8 sequence at `index`, or `nil` if there is none.
  @inline(__always)
  public func utf8SequenceLength(at index: Int) -> Int? {
    let lead = self[unchecked: index]
    if lead < 0x80 { return 1 }
    switch lead {
    case 0xC2...0xDF:
      return continues(index, 1) ? 2 : nil
    case 0xE0...0xEF:
      guard continues(index, 2) else { return nil }
      let second = self[unchecked: index + 1]
      if lead == 0xE0, second < 0xA0 { return nil }
      if lead == 0xED, second > 0x9F { return nil }
      return 3
    case 0xF0...0xF4:
      guard continues(index, 3) else { return nil }
      let second = self[unchecked: index + 1]
      if lead == 0xF0, second < 0x90 { return nil }
      if lead == 0xF4, second > 0x8F { return nil }
      return 4
    default:
      return nil
    }
  }

  private func continues(_ index: Int, _ count: Int) -> Bool {
    guard index + count < self.count else { return false }
    for offset in 1...count where self[unchecked: index + offset] & 0xC0 != 0x80 { return false }
    return true
  }
}
