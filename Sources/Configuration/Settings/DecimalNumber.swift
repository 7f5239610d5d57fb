import Bytes

/// A JSON number as a whole number.
///
/// Programs also write 5 as `5.0` and `5e0`, and times with all the digits of a floating-point number.
package struct DecimalNumber {
  /// The number, multiplied by the requested power of ten and rounded to the nearest whole number.
  package let value: Int
  /// Whether rounding changed nothing.
  let isExact: Bool

  /// Reads a valid JSON number and multiplies it by `10^places`; `nil` where the result is not below 10^18, or not
  /// an `Int`.
  package init?(json text: Span<UInt8>, shiftedBy places: Int) {
    var digits: Int64 = 0
    var exponent = places
    var isExact = true
    var isFraction = false
    var index = 0
    while index < text.count, text[index] | 0x20 != UInt8(ascii: "e") {
      let byte = text[index]
      index += 1
      if byte == UInt8(ascii: ".") { isFraction = true }
      guard byte.isASCIIDigit else { continue }
      if digits < DecimalNumber.limit / 10 {
        digits = digits * 10 + Int64(byte - UInt8(ascii: "0"))
        if isFraction { exponent -= 1 }
      } else {
        // Further digits are only a rounding error, or the number is too large.
        if byte != UInt8(ascii: "0") { isExact = false }
        if !isFraction { exponent += 1 }
      }
    }
    exponent += DecimalNumber.exponent(text.extracting(min(index + 1, text.count)..<text.count))
    while exponent > 0, digits > 0 {
      guard digits < DecimalNumber.limit / 10 else { return nil }
      digits *= 10
      exponent -= 1
    }
    var last: Int64 = 0
    while exponent < 0, digits > 0 || last > 0 {
      if last != 0 { isExact = false }
      last = digits % 10
      digits /= 10
      exponent += 1
    }
    if last != 0 { isExact = false }
    if last >= 5 { digits += 1 }
    guard let value = Int(exactly: text.hasPrefix("-") ? -digits : digits) else { return nil }
    self.value = value
    self.isExact = isExact
  }

  private static let limit: Int64 = 1_000_000_000_000_000_000

  /// The exponent after the `e`, limited to bounds far beyond any that matters.
  private static func exponent(_ text: Span<UInt8>) -> Int {
    var exponent = 0
    for index in text.indices where text[index].isASCIIDigit {
      exponent = min(exponent * 10 + Int(text[index] - UInt8(ascii: "0")), 100_000)
    }
    return text.hasPrefix("-") ? -exponent : exponent
  }
}
