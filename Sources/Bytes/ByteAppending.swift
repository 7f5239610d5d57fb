/// Building byte strings. Postern keeps text as bytes (`[UInt8]`): what comes from outside need not be
/// UTF-8, and `String` comparison would link the Unicode tables into the release binary.
extension [UInt8] {
  /// The bytes of a literal.
  public init(_ literal: StaticString) {
    self.init()
    append(literal)
  }

  /// Appends the bytes of a literal.
  @inline(__always)
  public mutating func append(_ literal: StaticString) {
    append(
      contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  /// Appends borrowed bytes.
  public mutating func append(copying bytes: Span<UInt8>) {
    bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
  }

  /// Appends an integer in decimal, with a leading `-` where it is negative.
  public mutating func append(decimal value: Int) {
    var magnitude = value.magnitude
    var digits: InlineArray<20, UInt8> = .init(repeating: 0)
    var start = digits.count
    repeat {
      start -= 1
      digits[start] = UInt8(ascii: "0") + UInt8(magnitude % 10)
      magnitude /= 10
    } while magnitude > 0
    if value < 0 { append(UInt8(ascii: "-")) }
    append(copying: digits.span.extracting(start..<digits.count))
  }

  /// Appends a non-negative integer in decimal, with zeros in front up to `width` digits.
  public mutating func append(decimal value: Int, width: Int) {
    precondition(value >= 0)
    var digits = 1
    var rest = value / 10
    while rest > 0 {
      digits += 1
      rest /= 10
    }
    for _ in 0..<Swift.max(0, width - digits) { append(UInt8(ascii: "0")) }
    append(decimal: value)
  }
}
