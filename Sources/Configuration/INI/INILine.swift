import Bytes

/// One line of a configuration file: all of its bytes, and where its parts are in them.
///
/// A line is immutable; an edit replaces it.
public struct INILine {
  /// What a line is. Ranges are positions in ``INILine/bytes``.
  public enum Content: Equatable {
    /// Nothing but blanks.
    case blank
    /// The first byte that is not blank is `#` or `;`.
    case comment
    /// `[type]` or `[type name]`, without the blanks around type and name. The reader checks the name, see
    /// ``SectionName/isName(_:)``.
    case section(type: Range<Int>, name: Range<Int>?)
    /// `name = value`, without the blanks around both. The value keeps its quotes and `${…}`.
    case key(name: Range<Int>, value: Range<Int>)
    /// None of these.
    case bad(INIDefect)
  }

  /// The longest line, in bytes, without the line's end.
  public static let maximumLength = 64 << 10

  /// Every byte of the line, including a byte-order mark before it and the LF or CRLF at its end.
  public let bytes: [UInt8]

  /// What the line is.
  public let content: Content

  /// May precede the first line.
  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The bytes of a part of it.
  subscript(part: Range<Int>) -> [UInt8] { Array(bytes[part]) }

  /// Whether a byte-order mark precedes it.
  var isMarked: Bool { bytes.starts(with: Self.byteOrderMark) }

  /// The LF or CRLF at its end; empty for a last line without one.
  var end: ArraySlice<UInt8> {
    guard bytes.last == UInt8(ascii: "\n") else { return [] }
    return bytes.suffix(bytes.dropLast().last == UInt8(ascii: "\r") ? 2 : 1)
  }

  /// Parses one line. `isFirst` says that a byte-order mark may precede it. O(n).
  public init(_ bytes: [UInt8], isFirst: Bool = false) {
    self.bytes = bytes
    content = Self.content(of: bytes.span, isFirst: isFirst)
  }
}

extension INILine {
  private static func content(of bytes: Span<UInt8>, isFirst: Bool) -> Content {
    let text = textRange(of: bytes, isFirst: isFirst)
    if text.count > maximumLength { return .bad(.tooLong) }
    if let defect = defect(in: bytes.extracting(text)) { return .bad(defect) }
    let trimmed = trimming(text, of: bytes)
    guard let first = trimmed.first else { return .blank }
    switch bytes[first] {
    case UInt8(ascii: "#"), UInt8(ascii: ";"): return .comment
    case UInt8(ascii: "["): return section(trimmed, of: bytes)
    default: return key(trimmed, of: bytes)
    }
  }

  /// The line without byte-order mark and line end.
  private static func textRange(of bytes: Span<UInt8>, isFirst: Bool) -> Range<Int> {
    let start = isFirst && bytes.hasPrefix("\u{FEFF}") ? 3 : 0
    var end = bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\n") {
      end -= 1
      if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    }
    return start..<end
  }

  /// The first defect: invalid UTF-8 or a control character. Those of U+0080 to U+009F count, because some
  /// terminals obey them.
  private static func defect(in text: Span<UInt8>) -> INIDefect? {
    if text.firstInvalidUTF8() != nil { return .invalidUTF8 }
    for index in text.indices {
      let byte = text[index]
      if byte == UInt8(ascii: "\r") { return .strayCarriageReturn }
      if byte.isControl, byte != UInt8(ascii: "\t") { return .controlCharacter }
      if byte == 0xC2, text[index + 1] < 0xA0 { return .controlCharacter }
    }
    return nil
  }

  private static func section(_ text: Range<Int>, of bytes: Span<UInt8>) -> Content {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "]"), from: text.lowerBound),
      end < text.upperBound
    else { return .bad(.unclosedSection) }
    guard end + 1 == text.upperBound else { return .bad(.textAfterSection) }
    let inside = trimming(text.lowerBound + 1..<end, of: bytes)
    guard !inside.isEmpty else { return .bad(.emptySection) }
    guard let blank = inside.first(where: { bytes[$0].isBlank }) else {
      return .section(type: inside, name: nil)
    }
    return .section(
      type: inside.lowerBound..<blank, name: trimming(blank..<inside.upperBound, of: bytes))
  }

  private static func key(_ text: Range<Int>, of bytes: Span<UInt8>) -> Content {
    guard let equals = text.first(where: { bytes[$0] == UInt8(ascii: "=") }) else {
      return .bad(.missingEquals)
    }
    let name = trimming(text.lowerBound..<equals, of: bytes)
    guard !name.isEmpty else { return .bad(.missingKey) }
    return .key(name: name, value: trimming(equals + 1..<text.upperBound, of: bytes))
  }

  private static func trimming(_ range: Range<Int>, of bytes: Span<UInt8>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, bytes[start].isBlank { start += 1 }
    while end > start, bytes[end - 1].isBlank { end -= 1 }
    return start..<end
  }
}
