import JSON

/// How a top-level field of a client's request is sent in another dialect.
///
/// A field without a rule has no equivalent: the request is not sent.
struct FieldRule: Sendable {
  enum Action: Sendable {
    /// It is sent with the same value, under this name.
    case named(StaticString)
    /// It is read elsewhere.
    case elsewhere
    /// It is not sent: it does not change what the reply is to be.
    case hint
    /// It is not sent, if it asks for nothing: `null`, `false`, 0 or something empty.
    case nothing
    /// It is not sent, if it has this value, or none.
    case only(StaticString)
    /// Its equivalent has another form, which this sets.
    case translated(Translation)
  }

  /// Sets the equivalent of a field, given by its name and its value, which is not `null`.
  typealias Translation =
    @Sendable (_ fields: inout ChatFields, _ name: StaticString, _ value: JSONValue)
    throws(TranslationFault) -> Void

  let name: StaticString
  let action: Action

  init(_ name: StaticString, _ action: Action) {
    self.name = name
    self.action = action
  }
}

extension JSONValue {
  /// Whether this asks for nothing, wherever it stands.
  var isNothing: Bool {
    switch kind {
    case .null, .false: return true
    case .number:
      for byte in raw where byte != UInt8(ascii: "0") && byte != UInt8(ascii: ".") { return false }
      return true
    default: return isEmpty
    }
  }

  /// Whether this is the JSON of a literal, white space aside.
  func isWritten(_ literal: StaticString) -> Bool {
    var place = 0
    for byte in raw where byte != 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D {
      guard place < literal.utf8CodeUnitCount, literal.utf8Start[place] == byte else {
        return false
      }
      place += 1
    }
    return place == literal.utf8CodeUnitCount
  }
}

extension JSONWriter {
  /// Writes a member, unless the value is missing or `null`.
  mutating func optional(_ name: StaticString, _ value: JSONValue?) {
    if let value, !value.isNull { member(name, raw: value.span) }
  }
}
