import Bytes

/// The one validating pass over a text: RFC 8259 to the letter, in place, without recursion or allocation.
struct JSONScanner: ~Escapable {
  private let text: Span<UInt8>
  private let maximumDepth: Int
  private var position = 0

  /// How many arrays and objects the position is inside of.
  private var depth = 0

  /// One bit for each of them, the innermost lowest: 1 for an object.
  private var objects: UInt64 = 0

  /// Where the values are.
  private(set) var index: JSONIndex

  @_lifetime(copy text)
  init(_ text: Span<UInt8>, maximumDepth: Int, index: JSONIndex) {
    precondition(0...64 ~= maximumDepth)
    self.text = text
    self.maximumDepth = maximumDepth
    self.index = index
  }

  /// Scans the text from its first byte to its last. O(n).
  @_lifetime(self: copy self)
  mutating func scan() throws(JSONError) {
    if text.hasPrefix("\u{FEFF}") { throw failure(.byteOrderMark) }
    skipSpace()
    if position == text.count { throw failure(.empty) }
    repeat { try scanValue() } while try anotherValueFollows()
  }

  // MARK: Structure

  /// Scans one whole value, or enters arrays and objects as far as the first value inside.
  @_lifetime(self: copy self)
  private mutating func scanValue() throws(JSONError) {
    while true {
      switch try next() {
      case UInt8(ascii: "\""):
        return try scanString()
      case UInt8(ascii: "{"):
        try enter(object: true)
        skipSpace()
        if take(UInt8(ascii: "}")) { return leave() }
        try scanName()
      case UInt8(ascii: "["):
        try enter(object: false)
        skipSpace()
        if take(UInt8(ascii: "]")) { return leave() }
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        let start = position
        try scanNumber()
        return index.note(start, position)
      case UInt8(ascii: "t"):
        return try scanLiteral("true")
      case UInt8(ascii: "f"):
        return try scanLiteral("false")
      case UInt8(ascii: "n"):
        return try scanLiteral("null")
      default:
        throw failure(.valueExpected)
      }
    }
  }

  /// Scans what may follow a value: closing brackets, then a comma (and in an object the next
  /// member's name) before another value, or the text's end.
  @_lifetime(self: copy self)
  private mutating func anotherValueFollows() throws(JSONError) -> Bool {
    while depth > 0 {
      skipSpace()
      let isObject = objects & 1 == 1
      let byte = try next()
      if byte == UInt8(ascii: ",") {
        let comma = position
        position += 1
        skipSpace()
        if try next() == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          throw JSONError(reason: .trailingComma, position: comma)
        }
        if isObject { try scanName() }
        return true
      }
      guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
        throw failure(isObject ? .commaOrBraceExpected : .commaOrBracketExpected)
      }
      position += 1
      leave()
    }
    skipSpace()
    guard position == text.count else { throw failure(.trailingText) }
    return false
  }

  /// Scans a member's name and colon, and the space after it.
  @_lifetime(self: copy self)
  private mutating func scanName() throws(JSONError) {
    guard try next() == .quote else { throw failure(.nameExpected) }
    try scanString()
    skipSpace()
    guard try next() == UInt8(ascii: ":") else { throw failure(.colonExpected) }
    position += 1
    skipSpace()
  }

  @_lifetime(self: copy self)
  private mutating func enter(object: Bool) throws(JSONError) {
    guard depth < maximumDepth else { throw failure(.nestedTooDeep) }
    depth += 1
    index.enter(position)
    objects = objects << 1 | (object ? 1 : 0)
    position += 1
    skipSpace()
  }

  @_lifetime(self: copy self)
  private mutating func leave() {
    depth -= 1
    objects >>= 1
    index.leave(position)
  }

  // MARK: Strings

  @_lifetime(self: copy self)
  private mutating func scanString() throws(JSONError) {
    let start = position
    var hasEscape = false
    position += 1
    while true {
      position = text.endOfPlainRun(from: position)
      switch try next() {
      case .quote:
        position += 1
        return index.note(start, position, hasEscape: hasEscape)
      case .backslash:
        hasEscape = true
        try scanEscape()
      case 0x80...0xFF:
        guard let length = text.utf8SequenceLength(at: position) else {
          throw failure(.invalidUTF8)
        }
        position += length
      default:
        throw failure(.controlCharacter)
      }
    }
  }

  /// Scans an escape. A surrogate without its other half is allowed by the grammar (RFC 8259 section 8.2).
  @_lifetime(self: copy self)
  private mutating func scanEscape() throws(JSONError) {
    position += 1
    switch try next() {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 1
    case UInt8(ascii: "u"):
      position += 1
      for _ in 0..<4 {
        guard try next().hexadecimalDigitValue != nil else { throw failure(.invalidUnicodeEscape) }
        position += 1
      }
    default:
      throw failure(.invalidEscape)
    }
  }

  // MARK: Numbers and literals

  @_lifetime(self: copy self)
  private mutating func scanNumber() throws(JSONError) {
    _ = take(UInt8(ascii: "-"))
    let first = position
    try scanDigits()
    if text[unchecked: first] == UInt8(ascii: "0"), position > first + 1 {
      throw JSONError(reason: .leadingZero, position: first)
    }
    if take(UInt8(ascii: ".")) { try scanDigits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
      try scanDigits()
    }
  }

  /// Scans one digit or more.
  @_lifetime(self: copy self)
  private mutating func scanDigits() throws(JSONError) {
    guard try next().isASCIIDigit else { throw failure(.digitExpected) }
    repeat { position += 1 } while position < text.count && text[unchecked: position].isASCIIDigit
  }

  @_lifetime(self: copy self)
  private mutating func scanLiteral(_ literal: StaticString) throws(JSONError) {
    let start = position
    for index in 0..<literal.utf8CodeUnitCount {
      guard try next() == literal.utf8Start[index] else { throw failure(.misspeltLiteral) }
      position += 1
    }
    index.note(start, position)
  }

  // MARK: Bytes

  /// The byte at the position, which must not be the end.
  @inline(__always)
  private func next() throws(JSONError) -> UInt8 {
    guard position < text.count else { throw failure(.unexpectedEnd) }
    return text[unchecked: position]
  }

  /// Moves past this byte, if it is the next one.
  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < text.count, text[unchecked: position] == byte else { return false }
    position += 1
    return true
  }

  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func skipSpace() {
    while position < text.count, text[unchecked: position].isJSONSpace { position += 1 }
  }

  private func failure(_ reason: JSONError.Reason) -> JSONError {
    JSONError(reason: reason, position: position)
  }
}
