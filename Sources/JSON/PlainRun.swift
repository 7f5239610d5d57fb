import Bytes

/// Skipping what needs no attention, eight bytes at a time: most of a text is the plain inside of strings.
extension Span<UInt8> {
  /// The position at or after `start` of the first byte that needs attention inside a JSON string: a quote,
  /// a backslash, a control character or the beginning of something that is not ASCII; `count` if none.
  func endOfPlainRun(from start: Int) -> Int {
    var index = start
    while index + 8 <= count {
      let special = word(at: index).bytesToAttend
      if special != 0 { return index + special.bytesBeforeMark }
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
      if special != 0 { return index + special.bytesBeforeMark }
      index += 8
    }
    while index < count, self[unchecked: index] != .quote, self[unchecked: index] != .backslash {
      index += 1
    }
    return index
  }
}

extension UInt64 {
  @inline(__always)
  fileprivate var quotesAndBackslashes: UInt64 {
    bytes(equalTo: .quote) | bytes(equalTo: .backslash)
  }

  @inline(__always)
  fileprivate var bytesToAttend: UInt64 {
    quotesAndBackslashes | bytes(below: 0x20) | nonASCIIBytes
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
