/// Skipping what needs no attention, eight bytes at a time: most of a text is the plain inside of strings.
extension Span<UInt8> {
  /// The position at or after `start` of the first byte that needs attention inside a JSON string: a quote,
  /// a backslash, a control character or the beginning of something that is not ASCII; `count` if none.
  func endOfPlainRun(from start: Int) -> Int {
    var index = start
    while index + 8 <= count {
      let special = word(at: index).bytesToAttend
      if special != 0 { return index + special.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < count, !self[unchecked: index].needsAttention { index += 1 }
    return index
  }

  /// The position at or after `start` of the first quote or backslash; `count` if none.
  func endOfUnescapedRun(from start: Int) -> Int {
    var index = start
    while index + 8 <= count {
      let special = word(at: index).quotesAndBackslashes
      if special != 0 { return index + special.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < count, self[unchecked: index] != .quote, self[unchecked: index] != .backslash {
      index += 1
    }
    return index
  }

  @inline(__always)
  private func word(at index: Int) -> UInt64 {
    UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self))
  }
}

extension UInt64 {
  private static var ones: UInt64 { 0x0101_0101_0101_0101 }
  private static var highBits: UInt64 { 0x8080_8080_8080_8080 }

  /// The high bit of each zero byte. Exact for the lowest one, which is all that is asked: a borrow can only
  /// disturb the bytes above it.
  @inline(__always)
  private var zeroBytes: UInt64 { (self &- Self.ones) & ~self & Self.highBits }

  @inline(__always)
  fileprivate var quotesAndBackslashes: UInt64 {
    (self ^ (Self.ones &* 0x22)).zeroBytes | (self ^ (Self.ones &* 0x5C)).zeroBytes
  }

  @inline(__always)
  fileprivate var bytesToAttend: UInt64 {
    let controls = (self &- (Self.ones &* 0x20)) & ~self & Self.highBits
    return quotesAndBackslashes | controls | (self & Self.highBits)
  }
}

extension UInt8 {
  static var quote: UInt8 { UInt8(ascii: "\"") }
  static var backslash: UInt8 { UInt8(ascii: "\\") }

  /// Space, tab, LF or CR (RFC 8259 section 2).
  @inline(__always)
  var isJSONSpace: Bool {
    self <= 0x20 && (self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09)
  }

  @inline(__always)
  fileprivate var needsAttention: Bool {
    self < 0x20 || self >= 0x80 || self == .quote || self == .backslash
  }
}
