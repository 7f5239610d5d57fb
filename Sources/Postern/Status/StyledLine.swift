import Bytes

/// A line of a terminal in one style.
struct StyledLine {
  enum Style {
    case plain, strong, faint, warning, bad

    /// What switches it on; ECMA-48, SGR.
    var sequence: StaticString {
      switch self {
      case .plain: ""
      case .strong: "\u{1B}[1m"
      case .faint: "\u{1B}[2m"
      case .warning: "\u{1B}[33m"
      case .bad: "\u{1B}[31m"
      }
    }
  }

  /// Without control characters.
  private(set) var bytes: [UInt8]
  let style: Style

  init(_ text: Text, _ style: Style = .plain) {
    bytes = text.bytes
    self.style = style
  }

  /// The line as a terminal takes it.
  func text(hasColour: Bool) -> [UInt8] {
    guard hasColour, style != .plain else { return bytes }
    return [UInt8](style.sequence) + bytes + [UInt8]("\u{1B}[0m")
  }

  /// The line, cut to a number of columns.
  func cut(to columns: Int) -> StyledLine {
    var line = self
    let end = StyledLine.end(of: bytes, columns: columns)
    if end < bytes.count { line.bytes.removeSubrange(end...) }
    return line
  }

  /// The line in several of at most `columns`, broken at blanks, the further ones indented.
  func wrapped(to columns: Int, indentation: Int) -> [StyledLine] {
    var (lines, rest): ([StyledLine], [UInt8]) = ([], bytes)
    while true {
      var end = StyledLine.end(of: rest, columns: columns)
      guard end < rest.count else { break }
      let blank = rest[..<(end + 1)].lastIndex(of: UInt8(ascii: " ")) ?? 0
      // A word that is longer than a line is broken anywhere.
      if blank > indentation { end = blank } else if end == 0 { break }
      lines.append(StyledLine(Text(Array(rest[..<end])), style))
      rest.removeSubrange(..<(blank > indentation ? end + 1 : end))
      rest = [UInt8](repeating: UInt8(ascii: " "), count: indentation) + rest
      guard columns > indentation + 8 else { break }
    }
    return lines + [StyledLine(Text(rest), style)]
  }

  /// Where the first `columns` columns of a text end. Characters from U+3000 on count as two columns.
  private static func end(of text: [UInt8], columns: Int) -> Int {
    var (column, index) = (0, 0)
    while index < text.count {
      column += text[index] >= 0xE3 ? 2 : 1
      if column > columns { return index }
      index += 1
      while index < text.count, text[index] & 0xC0 == 0x80 { index += 1 }
    }
    return index
  }
}
