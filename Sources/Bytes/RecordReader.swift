import Bytes

/// Reads the fields of a record in the order in which ``RecordWriter`` wrote them.
package struct RecordReader: ~Escapable {
  private let bytes: Span<UInt8>
  private var position = 0

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) {
    self.bytes = bytes
  }

  /// Reads a number.
  package mutating func number() -> Int {
    var number: UInt = 0
    var shift: UInt = 0
    while true {
      let byte = bytes[position]
      position += 1
      number |= UInt(byte & 0x7F) << shift
      guard byte >= 0x80 else { return Int(bitPattern: number) }
      shift += 7
    }
  }

  /// Reads a number that may be missing.
  package mutating func optionalNumber() -> Int? {
    let number = number()
    return number == 0 ? nil : number - 1
  }

  /// Reads a text.
  @_lifetime(copy self)
  package mutating func text() -> Span<UInt8> {
    let count = number()
    position += count
    return bytes.extracting(position - count..<position)
  }
}
