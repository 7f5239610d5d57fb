import Bytes

extension Text.StringInterpolation {
  /// Text of the file in a message: on one line, with escapes for control characters.
  ///
  /// It is cut after 60 bytes, because a line of the file may be very long.
  @inline(never)
  mutating func appendInterpolation(quoting text: Span<UInt8>) {
    var end = text.count
    if end > 60 {
      end = 60
      while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
    }
    appendInterpolation(whole: text.extracting(first: end).copied)
    if end < text.count { appendLiteral("…") }
  }

  /// The whole text: for paths, whose end matters most.
  mutating func appendInterpolation(whole text: [UInt8]) {
    var written: [UInt8] = []
    for byte in text { written.append(escaping: byte) }
    appendInterpolation(written)
  }

  /// An unknown key, as far as it looks like a setting's: letters, `_`, `-` and `.`.
  ///
  /// The rest is cut, because it may be a secret where a line is not `key = value`.
  @inline(never)
  mutating func appendInterpolation(unknown key: Span<UInt8>) {
    let end = key.indices.first { !key[$0].isPartOfKey } ?? key.count
    appendInterpolation(quoting: key.extracting(first: end))
    if end < key.count { appendLiteral("…") }
  }

  /// Text of the file, likewise.
  mutating func appendInterpolation(quoting text: [UInt8]) {
    appendInterpolation(quoting: text.span)
  }
}

extension UInt8 {
  fileprivate var isPartOfKey: Bool {
    isASCIILetter || self == UInt8(ascii: "_") || self == UInt8(ascii: "-")
      || self == UInt8(ascii: ".")
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
