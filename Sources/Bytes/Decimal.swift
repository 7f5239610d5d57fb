/// Reading decimal numbers.
extension Int {
  /// Reads digits and nothing else: no sign, no blanks. `nil` where there is anything else, nothing, or a
  /// number that does not fit.
  public init?(decimal digits: Span<UInt8>) {
    guard !digits.isEmpty else { return nil }
    var value = 0
    for index in digits.indices {
      guard digits[index].isASCIIDigit else { return nil }
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = product.addingReportingOverflow(Int(digits[index] &- 0x30))
      guard !tooLarge, !overflow else { return nil }
      value = sum
    }
    self = value
  }
}
