import Bytes

/// A line of a header or trailer section: `name ":" OWS value OWS`; RFC 9112 section 5.
enum FieldLine {
  /// Where the name and the value are; `nil` for a line without a colon, or one that begins with a blank, which
  /// continues the line before it for some parsers.
  static func parts(of line: Span<UInt8>) -> (name: Range<Int>, value: Range<Int>)? {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), !line[0].isBlank else { return nil }
    var start = colon + 1
    var end = line.count
    while start < end, line[unchecked: start].isBlank { start += 1 }
    while end > start, line[unchecked: end - 1].isBlank { end -= 1 }
    return (0..<colon, start..<end)
  }
}
