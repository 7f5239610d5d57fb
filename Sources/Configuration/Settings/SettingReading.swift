import Bytes
import JSON

extension SettingType {
  /// Reads a value of this type. References are only parsed: whether their targets exist is checked later,
  /// when the whole file is known.
  func read(_ value: WrittenValue) throws(InvalidValue) -> SettingValue {
    if value.bytes.isEmpty, !mayBeEmpty { throw InvalidValue("the value is missing") }
    switch self {
    case .boolean: return .boolean(try Self.boolean(value))
    case .count(let range): return .number(try Self.number(value, in: range, .count))
    case .duration(let range): return .number(try Self.number(value, in: range, .duration))
    case .size(let range): return .number(try Self.number(value, in: range, .size))
    case .sync(let range): return .sync(try Self.sync(value, in: range))
    case .optionalDuration(let range):
      if Bool(word: value.bytes.span) == false {
        return .boolean(false)
      }
      return .number(try Self.number(value, in: range, .duration))
    case .choice(let words), .flag(let words): return .word(try Self.word(value, of: words))
    case .purposes: _ = try Purposes(value)
    case .scopes: _ = try Scopes(value)
    case .line: try Self.checkLine(value)
    case .path: try Self.checkPath(value)
    case .url: _ = try BackendURL(value)
    case .proxy: _ = try ProxyURL(value)
    case .addresses: _ = try ListenAddress.list(value)
    case .bots: _ = try value.items()
    case .rate: _ = try Rate(value)
    case .mode: _ = try FileMode(value)
    case .tokens: _ = try WindowTokens(value)
    case .price: _ = try Price(value)
    case .breaker: _ = try BreakerPolicy(value)
    case .secret: _ = try APIKeySecret(value)
    case .token: try Self.checkToken(value)
    case .people: _ = try ChannelSettings.people(value)
    case .webhookSecrets: _ = try WebhookSecrets(value)
    case .field: try Self.checkField(value)
    case .json: try Self.checkJSON(value)
    case .parameters: try Self.checkParameters(value)
    case .models: _ = try ModelAlias.list(value)
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

  private static func boolean(_ value: WrittenValue) throws(InvalidValue) -> Bool {
    guard let boolean = Bool(word: value.bytes.span) else {
      throw InvalidValue("\(value.quoted) is neither yes nor no")
    }
    return boolean
  }

  private static func sync(
    _ value: WrittenValue, in range: ClosedRange<Int>
  ) throws(InvalidValue) -> ContextSettings.Sync {
    let text = value.bytes.span
    if text.equalsIgnoringCase("always") { return .always }
    if text.equalsIgnoringCase("never") { return .never }
    return .every(milliseconds: try number(value, in: range, .interval))
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
        "\(value.subject) is too small; the minimum is \(quantity.text(range.lowerBound))")
    }
    if number > range.upperBound {
      throw InvalidValue(
        "\(value.subject) is too large; the maximum is \(quantity.text(range.upperBound))")
    }
    return number
  }

  /// The word of the list. Where `yes` and `no` are in it, their usual other spellings are allowed.
  private static func word(
    _ value: WrittenValue, of words: WordList
  ) throws(InvalidValue) -> [UInt8] {
    let text = value.bytes.span
    if let word = words.word(text) { return [UInt8](word) }
    if let boolean = Bool(word: text),
      let word = words.word([UInt8](boolean ? "yes" : "no").span)
    {
      return [UInt8](word)
    }
    var fault = InvalidValue("\(value.quoted) is not one of \(words.text)")
    fault.isUnknownWord = true
    throw fault
  }

  private static func checkLine(_ value: WrittenValue) throws(InvalidValue) {
    try checkControls(value, exceptTab: false)
    guard value.bytes.count <= 256 else { throw InvalidValue("the value is longer than 256 bytes") }
  }

  private static func checkPath(_ value: WrittenValue) throws(InvalidValue) {
    guard value.bytes.span.hasPrefix("/") else {
      throw InvalidValue("\(value.quoted) is not an absolute path, one that begins with /")
    }
    try checkControls(value, exceptTab: false)
    guard value.bytes.count < 4096 else { throw InvalidValue("the path is longer than 4095 bytes") }
  }

  /// Checks a field's value by RFC 9110 section 5.5. libcurl would send a CR or LF as it is, and the rest of
  /// the value as a field of its own.
  private static func checkField(_ value: WrittenValue) throws(InvalidValue) {
    try checkControls(value, exceptTab: true)
    if value.bytes.span.equals(SecretMask.value) { throw InvalidValue.mask }
  }

  private static func checkToken(_ value: WrittenValue) throws(InvalidValue) {
    if value.bytes.span.equals(SecretMask.value) { throw InvalidValue.mask }
    guard value.bytes.allSatisfy({ $0.isVisibleASCII || $0 == UInt8(ascii: " ") }) else {
      throw InvalidValue("the value contains a character that is not visible ASCII; remove it")
    }
    guard value.bytes.count <= 1024 else {
      throw InvalidValue("the value is longer than 1024 bytes")
    }
  }

  private static func checkControls(
    _ value: WrittenValue, exceptTab: Bool
  ) throws(InvalidValue) {
    for byte in value.bytes where byte.isControl && !(exceptTab && byte == UInt8(ascii: "\t")) {
      throw InvalidValue("the value contains a line break or another control character; remove it")
    }
  }

  /// Checks names of fields that may be left out of requests: those of the conversation may not.
  private static func checkParameters(_ value: WrittenValue) throws(InvalidValue) {
    for name in try value.items() {
      guard 1...64 ~= name.bytes.count, name.bytes.allSatisfy({ $0.isVisibleASCII }) else {
        throw InvalidValue("\(name.quoted) is not the name of a field")
      }
      for kept in ["messages", "model", "stream", "system"] as [StaticString]
      where name.bytes.span.equals(kept) {
        throw InvalidValue("\(name.quoted) cannot be left out: every request has it")
      }
    }
  }

  /// Checks a JSON value. The message never quotes it: parameters may be keys of a backend.
  private static func checkJSON(_ value: WrittenValue) throws(InvalidValue) {
    do throws(JSONError) {
      try JSONDocument.validate(value.bytes.span)
    } catch {
      throw InvalidValue(
        """
        the value is not JSON: \(error.reason.description) (byte \(error.position)); \
        a string stands in double quotes
        """)
    }
  }
}
