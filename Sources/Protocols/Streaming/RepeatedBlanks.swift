import Bytes

/// The white space that a backend may repeat when it continues a reply.
///
/// A reply begins elsewhere and ends in white space, which the backend that continues it may not be sent
/// (`DialectRules.endOfPrefill`). It may begin with the same white space, which the client has already.
struct RepeatedBlanks {
  /// What may still be repeated: the inside of a JSON string.
  private var expected: [UInt8]

  /// `text` is what the reply begins with: the inside of a JSON string.
  init(after text: Span<UInt8>, in dialect: Dialect) {
    expected = text.extracting(dialect.rules.endOfPrefill(text)...).copied
  }

  /// How many bytes at the start of the next piece of the reply the client has already.
  mutating func drop(from bytes: Span<UInt8>) -> Int {
    var index = 0
    while !expected.isEmpty, index < bytes.count {
      let unit = expected[0] == UInt8(ascii: "\\") ? 2 : 1
      let blank = Array(expected[..<unit])
      guard index + unit <= bytes.count,
        bytes.extracting(index..<index + unit).equals(blank.span)
      else {
        expected = []
        break
      }
      expected.removeFirst(unit)
      index += unit
    }
    return index
  }
}
