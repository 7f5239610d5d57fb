/// A place in a text as an editor shows it.
public struct TextLocation: Equatable, Sendable {
  /// The line, from 1. A line ends with LF.
  public let line: Int

  /// The character within the line, from 1: Unicode scalars, not bytes.
  public let column: Int

  /// The place of a byte offset in a text; an offset past the end means the end. O(position).
  public init(of position: Int, in text: Span<UInt8>) {
    var line = 1
    var column = 1
    for index in 0..<min(position, text.count) {
      let byte = text[index]
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.line = line
    self.column = column
  }
}
