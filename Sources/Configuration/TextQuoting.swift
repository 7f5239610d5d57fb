import Bytes

extension Text.StringInterpolation {
  /// Text of the file, as a message has it: on one line, with escapes where control characters are, and cut after 60
  /// bytes, so that no message gets as long as a line may be.
  @inline(never)
  mutating func appendInterpolation(quoting text: Span<UInt8>) {
    var end = text.count
    if end > 60 {
      end = 60
      while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
    }
    var written: [UInt8] = []
    for index in 0..<end { written.append(escaping: text[index]) }
    appendInterpolation(written)
    if end < text.count { appendLiteral("…") }
  }

  /// Text of the file, likewise.
  mutating func appendInterpolation(quoting text: [UInt8]) {
    appendInterpolation(quoting: text.span)
  }
}

extension [UInt8] {
  /// Appends a byte: a line break and a tab as a value in double quotes has them, other control characters as `\xNN`.
  fileprivate mutating func append(escaping byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\n"): append("\\n")
    case UInt8(ascii: "\t"): append("\\t")
    case _ where byte.isControl:
      append("\\x")
      append(hexadecimal: [byte])
    default: append(byte)
    }
  }
}
