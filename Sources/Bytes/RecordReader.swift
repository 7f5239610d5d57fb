/// Reads numbers and texts in the order in which ``RecordWriter`` wrote them.
///
/// Where the bytes end early it reads 0 and empty texts, and is no longer valid.
public struct RecordReader: ~Escapable {
  private let bytes: Span<UInt8>
  private var position = 0
  /// Whether everything that was asked for was there.
  public private(set) var isValid = true

  /// A reader of these bytes.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>) {
    self.bytes = bytes
  }

  /// Reads a number that is known to fit an `Int`.
  @inline(__always)
  public mutating func number() -> Int { Int(clamping: wideNumber()) }

  /// Reads a number of 64 bits.
  @inline(never)
  public mutating func wideNumber() -> Int64 {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count, shift < 63 {
      let byte = bytes[position]
      position += 1
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return Int64(bitPattern: number) }
      shift += 7
    }
    isValid = false
    return 0
  }

  /// Reads a number that may be missing.
  @inline(never)
  public mutating func optionalNumber() -> Int? {
    let number = wideNumber()
    return number == 0 ? nil : Int(clamping: number - 1)
  }

  /// Reads a text.
  @inline(never)
  @_lifetime(copy self)
  public mutating func text() -> Span<UInt8> {
    let count = number()
    guard count <= bytes.count - position else {
      isValid = false
      return bytes.extracting(first: 0)
    }
    position += count
    return bytes.extracting(position - count..<position)
  }
}
