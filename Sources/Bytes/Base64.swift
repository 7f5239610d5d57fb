/// Base64 with the standard alphabet (RFC 4648 section 4).
extension [UInt8] {
  /// Appends bytes in base64, padded. O(n).
  public mutating func append(base64 bytes: Span<UInt8>) {
    let alphabet = Base64.alphabet.utf8Start
    reserveCapacity(count + (bytes.count + 2) / 3 * 4)
    append(addingCapacity: (bytes.count + 2) / 3 * 4) { text in
      var index = 0
      while index < bytes.count {
        let there = Swift.min(3, bytes.count - index)
        var group = Int(bytes[index]) << 16
        if there > 1 { group |= Int(bytes[index + 1]) << 8 }
        if there > 2 { group |= Int(bytes[index + 2]) }
        for digit in 0..<4 {
          text.append(digit > there ? Base64.padding : alphabet[group >> (18 - 6 * digit) & 63])
        }
        index += 3
      }
    }
  }

  /// The bytes that a text in base64 stands for; `nil` if it is not base64.
  ///
  /// Padding may be missing. Blanks, the other alphabet, and bits that stand for nothing are refused.
  public init?(base64 text: Span<UInt8>) {
    var end = text.count
    while end > 0, text.count - end < 2, text[end - 1] == Base64.padding { end -= 1 }
    guard end % 4 != 1, end == text.count || text.count % 4 == 0 else { return nil }
    self.init()
    var group = 0
    var bits = 0
    for index in 0..<end {
      guard let digit = Base64.value(of: text[index]) else { return nil }
      group = (group << 6 | digit) & 0xFFFF
      bits += 6
      if bits >= 8 {
        bits -= 8
        append(UInt8(truncatingIfNeeded: group >> bits))
      }
    }
    guard group & (1 << bits - 1) == 0 else { return nil }
  }
}

private enum Base64 {
  static let padding = UInt8(ascii: "=")
  static let alphabet: StaticString =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

  static func value(of digit: UInt8) -> Int? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(digit) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(digit) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(digit) + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
