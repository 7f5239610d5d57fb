import Bytes

extension Text.StringInterpolation {
  /// Text of the file: cut after 60 bytes, so that no message gets as long as a line may be.
  @inline(never)
  mutating func appendInterpolation(quoting text: Span<UInt8>) {
    guard text.count > 60 else { return appendInterpolation(text) }
    var end = 60
    while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
    appendInterpolation(text.extracting(0..<end))
    appendLiteral("…")
  }

  /// Text of the file: cut after 60 bytes.
  mutating func appendInterpolation(quoting text: [UInt8]) {
    appendInterpolation(quoting: text.span)
  }
}
