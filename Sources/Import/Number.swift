import Bytes
import Configuration

/// Numbers of the original.
enum Number {
  /// A number that is not negative, times a power of ten; `nil` for any other text.
  @inline(never)
  static func read(_ text: [UInt8]?, shiftedBy places: Int) -> Int? {
    guard let text, let first = text.first, first.isASCIIDigit || first == UInt8(ascii: ".") else {
      return nil
    }
    for byte in text where !byte.isASCIIDigit {
      switch byte {
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "-"),
        UInt8(ascii: "+"):
        continue
      default: return nil
      }
    }
    return DecimalNumber(json: text.span, shiftedBy: places)?.value
  }

  /// Seconds as a duration of at most a day; a reference to a variable stays one.
  @inline(never)
  static func duration(_ text: [UInt8]?) -> [UInt8]? {
    if let text, Variables.name(in: text) != nil { return text }
    guard let milliseconds = read(text, shiftedBy: 3), milliseconds > 0 else { return nil }
    return duration(milliseconds)
  }

  /// Milliseconds as a duration of at most a day.
  @inline(never)
  static func duration(_ milliseconds: Int) -> [UInt8] {
    Quantity.duration.text(min(milliseconds, 86_400_000)).bytes
  }

  /// The milliseconds of a duration that ``duration(_:)`` wrote; Postern's default for any other text.
  @inline(never)
  static func milliseconds(_ text: [UInt8]) -> Int {
    Quantity.duration.read(text.span) ?? 30_000
  }

  /// Texts with commas between them.
  @inline(never)
  static func list(_ texts: [[UInt8]]) -> [UInt8] {
    var list: [UInt8] = []
    for text in texts {
      if !list.isEmpty { list.append(", ") }
      list += text
    }
    return list
  }
}
