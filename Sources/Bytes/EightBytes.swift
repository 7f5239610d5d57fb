/// Eight bytes as one number, the first one lowest, to search and compare texts faster.
///
/// Each property marks bytes by their high bit. A borrow may mark further bytes above the first right one, but none
/// below it. So the lowest mark is exact, and so is whether there is any mark.
extension UInt64 {
  private static var ones: UInt64 { 0x0101_0101_0101_0101 }
  private static var highBits: UInt64 { 0x8080_8080_8080_8080 }

  @inline(__always)
  private static func all(_ byte: UInt8) -> UInt64 { ones &* UInt64(truncatingIfNeeded: byte) }

  /// The bytes that are this one.
  @inline(__always)
  public func bytes(equalTo byte: UInt8) -> UInt64 {
    let difference = self ^ UInt64.all(byte)
    return (difference &- UInt64.ones) & ~difference & UInt64.highBits
  }

  /// The bytes below a limit, which is at most 0x80.
  @inline(__always)
  public func bytes(below limit: UInt8) -> UInt64 {
    (self &- UInt64.all(limit)) & ~self & UInt64.highBits
  }

  /// The bytes that are not ASCII.
  @inline(__always)
  public var nonASCIIBytes: UInt64 { self & UInt64.highBits }

  /// The control characters: bytes below space, and DEL.
  @inline(__always)
  public var controlBytes: UInt64 { bytes(below: 0x20) | bytes(equalTo: 0x7F) }

  /// How many bytes stand before the lowest one that is marked. At least one must be.
  @inline(__always)
  public var bytesBeforeMark: Int { trailingZeroBitCount &>> 3 }

  /// Whether these are the same bytes, the case of ASCII letters aside.
  @inline(__always)
  func equalsIgnoringCase(_ other: UInt64) -> Bool {
    let difference = self ^ other
    if difference == 0 { return true }
    guard difference & ~UInt64.all(0x20) == 0 else { return false }
    return difference &<< 2 & ~letterBytes == 0
  }

  /// The ASCII letters.
  @inline(__always)
  private var letterBytes: UInt64 {
    // No sum carries into the next byte, because a byte is below 0x80 here.
    let lower = (self | UInt64.all(0x20)) & ~UInt64.highBits
    let fromA = lower &+ UInt64.all(0x80 - 0x61)
    let pastZ = lower &+ UInt64.all(0x80 - 0x7B)
    return fromA & ~pastZ & ~self & UInt64.highBits
  }

  /// Whether there are only ASCII letters and hyphens.
  @inline(__always)
  public var hasOnlyLettersAndHyphens: Bool {
    let difference = self ^ UInt64.all(UInt8(ascii: "-"))
    // Exact for each byte: the sum has the high bit of all bytes but zero.
    let others = ((difference & ~UInt64.highBits) &+ ~UInt64.highBits) | difference
    return letterBytes | ~others & UInt64.highBits == UInt64.highBits
  }
}

extension Span<UInt8> {
  /// The eight bytes from `index` on, which must exist.
  @inline(__always)
  public func word(at index: Int) -> UInt64 {
    UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self))
  }
}
