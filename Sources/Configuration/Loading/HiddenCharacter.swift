import Bytes

/// Characters that look like a blank or like nothing, which come with text that was copied from a page.
enum HiddenCharacter {
  /// What to do about the first one of a text; `nil` without one.
  @inline(never)
  static func advice(about text: Span<UInt8>) -> Text? {
    for index in text.indices where text[index] >= 0xC2 {
      guard let code = code(text.extracting(index..<text.count)) else { continue }
      let isBlank =
        code == 0xA0 || 0x2000...0x200A ~= code || code == 0x202F || code == 0x205F
        || code == 0x3000
      let isInvisible =
        code == 0xAD || code == 0xFEFF || 0x200B...0x200F ~= code || 0x2028...0x202E ~= code
        || 0x2060...0x2064 ~= code
      guard isBlank || isInvisible else { continue }
      var digits: [UInt8] = []
      digits.append(hexadecimal: [UInt8(code >> 8), UInt8(code & 0xFF)])
      let name = Text(digits.map { $0.isASCIILetter ? $0 & 0xDF : $0 })
      return isBlank
        ? "U+\(name) in it only looks like a blank; write a blank in its place"
        : "U+\(name) in it is invisible; remove it"
    }
    return nil
  }

  /// The code point at the start of a text, if it has two or three bytes of UTF-8.
  private static func code(_ text: Span<UInt8>) -> Int? {
    let (count, lead) = text[0] < 0xE0 ? (2, Int(text[0]) & 0x1F) : (3, Int(text[0]) & 0x0F)
    guard text[0] < 0xF0, text.count >= count else { return nil }
    var code = lead
    for index in 1..<count { code = code << 6 | Int(text[index]) & 0x3F }
    return code
  }
}
