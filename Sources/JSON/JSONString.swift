import Bytes

/// What strings mean: their text without quotes and escapes.
extension JSONValue {
  /// The text of a string in UTF-8; `nil` for any other value. A surrogate escaped without its other half,
  /// which has no UTF-8, becomes U+FFFD. O(n).
  public var string: [UInt8]? {
    guard kind == .string else { return nil }
    if hasNode, !text.node(nodeIndex).hasEscape {
      return span.extracting(1..<span.count - 1).copied
    }
    return span.unescaped
  }

  /// Whether both are strings that mean the same text, however they are written.
  public func isSameString(as other: JSONValue) -> Bool {
    if span.equals(other.span) { return kind == .string }
    guard mayHaveEscape || other.mayHaveEscape, let text = string else { return false }
    return text == other.string
  }

  /// False only for a string without escapes, whose bytes are its text.
  private var mayHaveEscape: Bool { !hasNode || text.node(nodeIndex).hasEscape }

  /// Whether this is a string of exactly this text.
  @inline(never)
  public func equals(_ literal: StaticString) -> Bool {
    kind == .string && text.isString(range, node: nodeIndex, literal)
  }

  /// Whether this is an object with a member of this name that is a string of exactly this text.
  @inline(never)
  public func member(_ name: StaticString, is literal: StaticString) -> Bool {
    self[name]?.equals(literal) == true
  }
}

extension Span<UInt8> {
  /// Whether these bytes, a valid string with its quotes, mean the literal.
  func isString(_ literal: StaticString) -> Bool {
    // An escape is longer than what it means, so that a text of the literal's length has none.
    let inside = extracting(1..<count - 1)
    if inside.count <= literal.utf8CodeUnitCount {
      return inside.equals(literal) && endOfUnescapedRun(from: 1) == count - 1
    }
    return endOfUnescapedRun(from: 1) < count - 1 && unescaped.span.equals(literal)
  }

  /// The text that these bytes, a valid string with its quotes, mean.
  @inline(never)
  var unescaped: [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(count - 2)
    var index = 1
    while true {
      let run = endOfUnescapedRun(from: index)
      decoded.append(copying: extracting(index..<run))
      guard self[unchecked: run] == .backslash else { return decoded }
      index = appendEscape(at: run, to: &decoded)
    }
  }

  /// Appends what the escape at `index` means; returns the position after it.
  private func appendEscape(at index: Int, to decoded: inout [UInt8]) -> Int {
    let letter = self[unchecked: index + 1]
    switch letter {
    case UInt8(ascii: "b"): decoded.append(0x08)
    case UInt8(ascii: "f"): decoded.append(0x0C)
    case UInt8(ascii: "n"): decoded.append(0x0A)
    case UInt8(ascii: "r"): decoded.append(0x0D)
    case UInt8(ascii: "t"): decoded.append(0x09)
    case UInt8(ascii: "u"): return appendUnicodeEscape(at: index, to: &decoded)
    default: decoded.append(letter)
    }
    return index + 2
  }

  private func appendUnicodeEscape(at index: Int, to decoded: inout [UInt8]) -> Int {
    let unit = codeUnit(at: index + 2)
    let behind = index + 6
    if let scalar = Unicode.Scalar(unit) {
      decoded.append(scalar: scalar)
      return behind
    }
    if unit < 0xDC00, self[unchecked: behind] == .backslash,
      self[unchecked: behind + 1] == UInt8(ascii: "u")
    {
      let low = codeUnit(at: behind + 2)
      if 0xDC00...0xDFFF ~= low {
        let value = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
        decoded.append(scalar: Unicode.Scalar(value) ?? "\u{FFFD}")
        return behind + 6
      }
    }
    decoded.append("\u{FFFD}")
    return behind
  }

  /// The UTF-16 code unit written as four hexadecimal digits at `index`.
  private func codeUnit(at index: Int) -> UInt16 {
    var unit: UInt16 = 0
    for offset in 0..<4 {
      unit = unit << 4 | UInt16(self[unchecked: index + offset].hexadecimalDigitValue ?? 0)
    }
    return unit
  }
}
