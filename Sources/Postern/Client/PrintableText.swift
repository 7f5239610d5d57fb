import Bytes

/// Foreign text on a terminal: words of a backend, identifiers of a client.
extension [UInt8] {
  /// Appends text without characters that a terminal obeys: C0 and C1 controls, and those that reverse the direction.
  ///
  /// They could rewrite what the terminal shows, or run commands in it. Each becomes `?`, a tab a blank, and a line break
  /// `lineBreak`.
  @inline(never)
  mutating func append(printable text: [UInt8], lineBreak: StaticString = " ") {
    var index = 0
    while index < text.count {
      let (byte, next) = (text[index], index + 1 < text.count ? text[index + 1] : 0)
      let last = index + 2 < text.count ? text[index + 2] : 0
      index += 1
      switch byte {
      case UInt8(ascii: "\n"):
        append(lineBreak)
      case UInt8(ascii: "\t"):
        append(" ")
      case UInt8(ascii: "\r") where next == UInt8(ascii: "\n"):
        break
      case 0xC2 where 0x80...0x9F ~= next:
        index += 1
        append("?")
      // U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.
      case 0xE2
      where next == 0x80 && (0x8E...0x8F ~= last || 0xAA...0xAE ~= last)
        || next == 0x81 && 0xA6...0xA9 ~= last:
        index += 2
        append("?")
      default:
        append(byte.isControl ? UInt8(ascii: "?") : byte)
      }
    }
  }
}
