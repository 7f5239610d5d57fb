import Bytes

/// Where characters fall apart that people see as one: a subset of Unicode's rules (UAX #29), without their tables.
enum Grapheme {
  /// Whether a cut at `index`, between two well-formed scalars, would be within a character of a part that begins at
  /// `start`.
  static func isWithin(_ text: Span<UInt8>, from start: Int, at index: Int) -> Bool {
    guard index > start, index < text.count else { return false }
    let next = scalar(text, at: index)
    if continues(next) { return true }
    let previous = scalar(text, at: beginning(text, before: index))
    if previous == 0x200D { return true }
    guard isRegional(previous), isRegional(next) else { return false }
    // Flags are pairs: how many letters come before decides.
    var count = 0
    var position = index
    while position > start {
      position = beginning(text, before: position)
      guard isRegional(scalar(text, at: position)) else { break }
      count += 1
    }
    return count % 2 == 1
  }

  /// Whether a scalar belongs to the one before it.
  private static func continues(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x0300...0x036F, 0x0483...0x0489, 0x0591...0x05BD, 0x064B...0x065F, 0x0900...0x0903,
      0x093A...0x094F, 0x0E31, 0x0E34...0x0E3A, 0x0E47...0x0E4E, 0x1160...0x11FF, 0x1AB0...0x1AFF,
      0x1DC0...0x1DFF, 0x200C, 0x200D, 0x20D0...0x20F0, 0x302A...0x302F, 0x3099, 0x309A,
      0xFE00...0xFE0F, 0xFE20...0xFE2F, 0x1F3FB...0x1F3FF, 0xE0020...0xE007F, 0xE0100...0xE01EF:
      true
    default: false
    }
  }

  private static func isRegional(_ scalar: UInt32) -> Bool { 0x1F1E6...0x1F1FF ~= scalar }

  private static func beginning(_ text: Span<UInt8>, before index: Int) -> Int {
    var index = index - 1
    while index > 0, text[index] & 0xC0 == 0x80 { index -= 1 }
    return index
  }

  /// The scalar at `index`; 0 at the end of the text.
  private static func scalar(_ text: Span<UInt8>, at index: Int) -> UInt32 {
    let lead = UInt32(text[index])
    guard let length = text.utf8SequenceLength(at: index), length > 1 else { return lead }
    var value = lead & (0xFF >> UInt32(length + 1))
    for offset in 1..<length { value = value << 6 | UInt32(text[index + offset] & 0x3F) }
    return value
  }
}
