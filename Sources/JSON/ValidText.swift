/// Finding the way in text that has been validated: nothing is checked a second time.
extension Span<UInt8> {
  /// The position of the first byte at or after `start` that is not white space.
  @inline(__always)
  func endOfSpace(from start: Int) -> Int {
    var index = start
    while index < count, self[unchecked: index].isJSONSpace { index += 1 }
    return index
  }

  /// The position after the value that begins at `start`.
  func endOfValue(from start: Int) -> Int {
    switch self[unchecked: start] {
    case .quote: endOfString(from: start)
    case UInt8(ascii: "{"), UInt8(ascii: "["): endOfContainer(from: start)
    default: endOfScalar(from: start)
    }
  }

  /// The position after the string whose opening quote is at `start`.
  func endOfString(from start: Int) -> Int {
    var index = endOfUnescapedRun(from: start + 1)
    while self[unchecked: index] == .backslash { index = endOfUnescapedRun(from: index + 2) }
    return index + 1
  }

  private func endOfContainer(from start: Int) -> Int {
    var depth = 0
    var index = start
    repeat {
      switch self[unchecked: index] {
      case .quote:
        index = endOfString(from: index)
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      index += 1
    } while depth > 0
    return index
  }

  /// Numbers, `true`, `false` and `null` end before white space, a comma, a closing bracket or the end.
  private func endOfScalar(from start: Int) -> Int {
    var index = start
    while index < count {
      switch self[unchecked: index] {
      case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 0x20, 0x09, 0x0A, 0x0D:
        return index
      default: index += 1
      }
    }
    return index
  }
}
