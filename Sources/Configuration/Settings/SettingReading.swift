import Bytes
import JSON

extension SettingType {
  /// Reads a value of this type. References are only taken apart: whether what they name exists is seen
  /// when the whole file is known.
  func read(_ value: WrittenValue) throws(InvalidValue) -> SettingValue {
    if value.bytes.isEmpty, !mayBeEmpty { throw InvalidValue("the value is missing") }
    switch self {
    case .boolean: return .number(try Self.boolean(value))
    case .count(let range): return .number(try Self.number(value, in: range, .count))
    case .duration(let range): return .number(try Self.number(value, in: range, .duration))
    case .size(let range): return .number(try Self.number(value, in: range, .size))
    case .interval(let range):
      if let word = WordList.intervals.position(of: value.bytes.span) { return .number(-word) }
      return .number(try Self.number(value, in: range, .interval))
    case .choice(let words): return .number(try Self.position(of: value, in: words))
    case .scopes: return .number(Int(try Scopes(value).rawValue))
    case .line: try Self.checkLine(value)
    case .path: try Self.checkPath(value)
    case .url: _ = try BackendURL(value)
    case .addresses: _ = try ListenAddress.list(value)
    case .bots: _ = try value.items()
    case .rate: _ = try Rate(value)
    case .breaker: _ = try BreakerPolicy(value)
    case .secret: _ = try APIKeySecret(value)
    case .field: try Self.checkField(value)
    case .json: try Self.checkJSON(value)
    case .prose, .bot: break
    }
    return .text(value.bytes)
  }

  private var mayBeEmpty: Bool {
    switch self {
    case .prose(let mayBeEmpty): mayBeEmpty
    case .field: true
    default: false
    }
  }

  private static func boolean(_ value: WrittenValue) throws(InvalidValue) -> Int {
    guard let word = WordList.booleans.position(of: value.bytes.span) else {
      throw InvalidValue("\(value.quoted) is neither yes nor no")
    }
    return 1 - word % 2
  }

  private static func number(
    _ value: WrittenValue, in range: ClosedRange<Int>, _ quantity: Quantity
  ) throws(InvalidValue) -> Int {
    guard let number = quantity.read(value.bytes.span) else {
      let complaint: StaticString =
        switch quantity {
        case .count: "is not a whole number"
        case .duration: "is not a duration: a whole number with ms, s, m or h, such as 500ms"
        case .interval: "is neither always, never, nor a duration such as 500ms or 30s"
        case .size: "is not a size: a whole number of bytes, or one with K, M or G, such as 256K"
        }
      throw InvalidValue("\(value.quoted) \(complaint)")
    }
    if number < range.lowerBound {
      throw InvalidValue(
        "\(value.subject) is below the least, \(quantity.text(range.lowerBound))")
    }
    if number > range.upperBound {
      throw InvalidValue("\(value.subject) is above the most, \(quantity.text(range.upperBound))")
    }
    return number
  }

  /// Which of the words it is. Where `yes` and `no` are among them, they have their usual other spellings.
  private static func position(
    of value: WrittenValue, in words: WordList
  ) throws(InvalidValue) -> Int {
    let text = value.bytes.span
    if let word = words.position(of: text) { return word }
    if let word = WordList.booleans.position(of: text),
      let other = words.position(of: [UInt8](word % 2 == 0 ? "yes" : "no").span)
    {
      return other
    }
    throw InvalidValue("\(value.quoted) is none of \(words.text)")
  }

  private static func checkLine(_ value: WrittenValue) throws(InvalidValue) {
    try checkControls(value, butTab: false)
    guard value.bytes.count <= 256 else { throw InvalidValue("the value is longer than 256 bytes") }
  }

  private static func checkPath(_ value: WrittenValue) throws(InvalidValue) {
    guard value.bytes.span.hasPrefix("/") else {
      throw InvalidValue("\(value.quoted) is not an absolute path, one that begins with /")
    }
    try checkControls(value, butTab: false)
    guard value.bytes.count < 4096 else { throw InvalidValue("the path is longer than 4095 bytes") }
  }

  /// A field's value as RFC 9110 section 5.5 has it. libcurl would send a CR or LF as it is, and with it
  /// whatever follows as a field of its own.
  private static func checkField(_ value: WrittenValue) throws(InvalidValue) {
    try checkControls(value, butTab: true)
    if value.bytes.span.equals(SettingEntry.mask) { throw InvalidValue.mask }
  }

  private static func checkControls(
    _ value: WrittenValue, butTab: Bool
  ) throws(InvalidValue) {
    for byte in value.bytes where byte.isControl && !(butTab && byte == UInt8(ascii: "\t")) {
      throw InvalidValue("the value contains a line break or another control character")
    }
  }

  private static func checkJSON(_ value: WrittenValue) throws(InvalidValue) {
    do throws(JSONError) {
      try JSONDocument.validate(value.bytes.span)
    } catch {
      throw InvalidValue(
        """
        \(value.quoted) is not JSON: \(error.reason.description) (byte \(error.position)); \
        a string stands in double quotes
        """)
    }
  }
}
