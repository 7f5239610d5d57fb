import Bytes

/// The white space at the end of a reply that was begun elsewhere, as far as the backend that goes on with it is not
/// sent it (`RequestEncoder.append(prefill:)`): it may well begin with the same, which the client has got already.
struct RepeatedBlanks {
  /// What is still to be expected, as it stands inside a JSON string.
  private var expected: [UInt8]

  /// `text` is what the reply begins with, as it stands inside a JSON string.
  init(after text: Span<UInt8>, in dialect: Dialect) {
    let end = dialect == .anthropic ? text.endOfJSONTextBeforeBlanks : text.count
    expected = text.extracting(end...).copied
  }

  /// How much at the start of the next piece of the reply is there already.
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
