/// Writing hexadecimal numbers.
extension [UInt8] {
  /// Appends bytes as hexadecimal digits in lower case, two for each.
  public mutating func append(hexadecimal bytes: [UInt8]) {
    for byte in bytes {
      for digit in [byte >> 4, byte & 15] {
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
  }

  /// Appends a number as 16 digits, the highest first.
  public mutating func append(hexadecimal number: UInt64) {
    var bytes: [UInt8] = []
    for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * shift))) }
    append(hexadecimal: bytes)
  }
}
