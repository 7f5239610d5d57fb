extension [UInt8] {
  /// Appends the UTF-8 of a Unicode scalar.
  public mutating func append(scalar: Unicode.Scalar) {
    let value = scalar.value
    switch value {
    case ..<0x80:
      append(UInt8(truncatingIfNeeded: value))
    case ..<0x800:
      append(0xC0 | UInt8(truncatingIfNeeded: value >> 6))
      appendContinuation(value)
    case ..<0x10000:
      append(0xE0 | UInt8(truncatingIfNeeded: value >> 12))
      appendContinuation(value >> 6)
      appendContinuation(value)
    default:
      append(0xF0 | UInt8(truncatingIfNeeded: value >> 18))
      appendContinuation(value >> 12)
      appendContinuation(value >> 6)
      appendContinuation(value)
    }
  }

  private mutating func appendContinuation(_ value: UInt32) {
    append(0x80 | UInt8(truncatingIfNeeded: value & 0x3F))
  }
}
