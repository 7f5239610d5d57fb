public import Bytes

extension ByteBuffer {
  /// Appends text as it stands inside a JSON string, without the quotes: quotes, backslashes and control
  /// characters escaped, and each ill-formed piece of UTF-8 as one U+FFFD. O(n).
  public func append(escaping text: Span<UInt8>) {
    var index = 0
    while true {
      let run = text.endOfCleanRun(from: index)
      append(text.extracting(index..<run))
      guard run < text.count else { return }
      let byte = text[unchecked: run]
      if byte >= 0x80 {
        append("\u{FFFD}")
        index = run + text.illFormedLength(at: run)
      } else {
        append(escape: byte)
        index = run + 1
      }
    }
  }

  private func append(escape byte: UInt8) {
    switch byte {
    case .quote: append("\\\"")
    case .backslash: append("\\\\")
    case 0x08: append("\\b")
    case 0x09: append("\\t")
    case 0x0A: append("\\n")
    case 0x0C: append("\\f")
    case 0x0D: append("\\r")
    default:
      append("\\u00")
      append(UInt8(ascii: "0") + byte >> 4)
      let low = byte & 0xF
      append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
    }
  }
}

extension Span<UInt8> {
  /// The position at or after `start` of the first byte that cannot stand in a JSON string as it is.
  fileprivate func endOfCleanRun(from start: Int) -> Int {
    var index = endOfPlainRun(from: start)
    while index < count, self[unchecked: index] >= 0x80, let length = utf8SequenceLength(at: index)
    {
      index = endOfPlainRun(from: index + length)
    }
    return index
  }

  /// How many bytes at `index`, where no well-formed sequence begins, one U+FFFD stands for: the longest
  /// beginning of a well-formed sequence, at least one byte (Unicode 3.9, "maximal subpart").
  fileprivate func illFormedLength(at index: Int) -> Int {
    let lead = self[unchecked: index]
    guard 0xC2...0xF4 ~= lead, index + 1 < count else { return 1 }
    let second: ClosedRange<UInt8> =
      switch lead {
      case 0xE0: 0xA0...0xBF
      case 0xED: 0x80...0x9F
      case 0xF0: 0x90...0xBF
      case 0xF4: 0x80...0x8F
      default: 0x80...0xBF
      }
    guard second ~= self[unchecked: index + 1] else { return 1 }
    let third = index + 2 < count ? self[unchecked: index + 2] : 0
    return lead >= 0xF0 && third & 0xC0 == 0x80 ? 3 : 2
  }
}
