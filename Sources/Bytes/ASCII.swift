/// The classes of ASCII characters that protocols and file formats are written in.
extension UInt8 {
  /// `0` to `9`.
  @inlinable public var isASCIIDigit: Bool { self &- 0x30 < 10 }

  /// `A` to `Z` or `a` to `z`.
  @inlinable public var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }

  /// Space or horizontal tab: what RFC 9110 section 5.6.3 calls optional white space.
  @inlinable public var isBlank: Bool { self == 0x20 || self == 0x09 }

  /// Printable ASCII without the space: `!` to `~`, RFC 5234's VCHAR.
  @inlinable public var isVisibleASCII: Bool { self &- 0x21 < 94 }

  /// A control character: below space, or DEL.
  @inlinable public var isControl: Bool { self < 0x20 || self == 0x7F }

  /// The value of a hexadecimal digit, either case.
  @inlinable public var hexadecimalDigitValue: UInt8? {
    if isASCIIDigit { return self &- 0x30 }
    let lower = self | 0x20
    return lower &- 0x61 < 6 ? lower &- 0x61 &+ 10 : nil
  }

  /// This letter in lower case; any other byte as it is.
  @inlinable public var lowercasedASCII: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

  /// Whether this is the same byte, or the same letter in the other case. (What is the same needs only the first
  /// comparison, and most is.)
  @inlinable
  func equalsIgnoringCase(_ other: UInt8) -> Bool {
    self == other || (self ^ other == 0x20 && isASCIILetter)
  }
}
