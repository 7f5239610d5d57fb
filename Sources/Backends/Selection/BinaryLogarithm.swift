/// The binary logarithm, in integers.
enum BinaryLogarithm {
  /// The bits after the binary point of a result.
  static let fractionBits = 44

  /// -log2((`number` + 1) / 2^64), from 0 to 64, in units of 2^-44 and off by at most one of them.
  ///
  /// The same number on every machine, unlike a logarithm of libm, whose last bit depends on the library and the
  /// processor. The mantissa is squared 44 times, and each square shows the next bit of the result.
  static func negated(_ number: UInt64) -> UInt64 {
    // number + 1 = 2^64: its logarithm is 64.
    guard number < .max else { return 0 }
    let zeros = (number + 1).leadingZeroBitCount
    // From 1 to 2, in units of 2^-63.
    var mantissa = (number + 1) &<< UInt64(zeros)
    var fraction: UInt64 = 0
    for _ in 0..<fractionBits {
      let square = mantissa.multipliedFullWidth(by: mantissa).high
      fraction &<<= 1
      if square >> 63 == 1 {
        fraction |= 1
        mantissa = square
      } else {
        mantissa = square &<< 1
      }
    }
    return UInt64(zeros + 1) &<< UInt64(fractionBits) - fraction
  }
}
