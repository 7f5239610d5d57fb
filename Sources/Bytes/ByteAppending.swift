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
      copying: UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  /// Appends a byte. It goes before the standard library's method of this name, which is the same, but takes a hundred
  /// bytes of code wherever it is called.
  @inline(never)
  public mutating func append(_ byte: UInt8) {
    append(addingCapacity: 1) { $0.append(byte) }
  }

  /// Appends borrowed bytes.
  @inline(__always)
  public mutating func append(copying bytes: Span<UInt8>) {
    bytes.withUnsafeBytes { append(copying: $0) }
  }

  /// Appends borrowed bytes. The memory is copied as a block: the standard library's own ways to append and to grow
  /// are loops over single bytes in Embedded Swift, and took most of a message's time.
  @inline(never)
  public mutating func append(copying bytes: UnsafeRawBufferPointer) {
    // The standard library would write the count, 0, into the one empty array that all threads share.
    guard !bytes.isEmpty else { return }
    guard count + bytes.count > capacity else {
      append(addingCapacity: bytes.count) { span in
        span.withUnsafeMutableBufferPointer { buffer, count in
          UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
          count = bytes.count
        }
      }
      return
    }
    let old = self
    let newCapacity = Swift.max(2 * capacity, count + bytes.count, 32)
    self = [UInt8](unsafeUninitializedCapacity: newCapacity) { buffer, count in
      let room = UnsafeMutableRawBufferPointer(buffer)
      old.withUnsafeBytes { room.copyMemory(from: $0) }
      UnsafeMutableRawBufferPointer(rebasing: room[old.count...]).copyMemory(from: bytes)
      count = old.count + bytes.count
    }
  }

  /// Appends an integer in decimal, with a leading `-` where it is negative.
  public mutating func append(decimal value: Int64) {
    let digits = DecimalText(value)
    append(copying: digits.span)
  }

  /// Appends an integer in decimal, with a leading `-` where it is negative.
  @inline(__always)
  public mutating func append(decimal value: Int) {
    append(decimal: Int64(value))
  }

  /// An integer in decimal, with a leading `-` where it is negative.
  @inline(never)
  public init(decimal value: Int) {
    self = []
    append(decimal: Int64(value))
  }

  /// Appends a non-negative integer in decimal, with leading zeros up to `width` digits.
  public mutating func append(decimal value: Int64, width: Int) {
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

  /// Appends a non-negative integer in decimal, with leading zeros up to `width` digits.
  @inline(__always)
  public mutating func append(decimal value: Int, width: Int) {
    append(decimal: Int64(value), width: width)
  }
}
