import Bytes

/// The value of a key line once its quotes, escapes and `${…}` are resolved.
struct WrittenValue {
  /// Whether a value stands in double quotes.
  enum Quoting {
    case none
    case whole
    /// It begins with a double quote but does not end in one, so the quote is part of the value.
    case unclosed

    init(of text: Span<UInt8>) {
      if text.isEmpty || text[0] != UInt8(ascii: "\"") {
        self = .none
      } else {
        self = text.count > 1 && text[text.count - 1] == UInt8(ascii: "\"") ? .whole : .unclosed
      }
    }
  }

  /// The value.
  let bytes: [UInt8]

  /// Whether part of it came from the environment or a file. Such a value may be a secret, and is neither
  /// printed nor quoted in a message.
  let isDerived: Bool

  /// Whether it may be a secret: it is derived, or begins as keys do. A key may stand at a wrong setting.
  var mayBeSecret: Bool { isDerived || Vendor.beginsAsKey(bytes) }

  /// The value as the subject of a message that gives a limit: `0s`.
  var subject: Text { mayBeSecret ? "the value" : "\(quoting: bytes)" }

  /// The value as the subject of a message that says what it is not: `'0s'`.
  var quoted: Text { mayBeSecret ? "the value" : "'\(quoting: bytes)'" }

  /// The value as a path in a message: whole, because its end matters most.
  var path: Text { isDerived ? "the file" : Text(bytes) }

  /// The parts of a list separated by commas, without the blanks around each; none is empty.
  func items() throws(InvalidValue) -> [WrittenValue] {
    var items: [WrittenValue] = []
    var start = 0
    while start <= bytes.count {
      let end = bytes.span.firstIndex(of: UInt8(ascii: ","), from: start) ?? bytes.count
      let item = bytes.span.extracting(start..<end).trimmingBlanks
      if item.isEmpty { throw InvalidValue("a part of the list is empty; remove the extra comma") }
      items.append(WrittenValue(bytes: item.copied, isDerived: isDerived))
      start = end + 1
    }
    return items
  }

  /// The value as its setting's type, by the function that has checked it.
  func parsed<Value>(_ read: (WrittenValue) throws(InvalidValue) -> Value) -> Value {
    do throws(InvalidValue) {
      return try read(self)
    } catch {
      preconditionFailure("the setting's text was checked")
    }
  }

  /// The parts of a list as names.
  static func names(_ value: WrittenValue) throws(InvalidValue) -> [[UInt8]] {
    try value.items().map { $0.bytes }
  }
}
