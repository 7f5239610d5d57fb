import Bytes

/// The names that may follow `header.` and `param.`.
extension Setting {
  /// Why a name cannot be one of this family; `nil` if it can.
  func objection(to suffix: Span<UInt8>) -> Text? {
    if case .field = type { return Self.objection(toField: suffix) }
    return Self.objection(toParameter: suffix)
  }

  /// Field names are tokens (RFC 9110 section 5.6.2). Fields that belong to the connection, not to the message,
  /// cannot be set.
  private static func objection(toField name: Span<UInt8>) -> Text? {
    if !(1...128 ~= name.count) || !consists(name, of: "!#$%&'*+-.^_`|~") {
      return "not a valid name of a header field"
    }
    for (owned, reason) in ownedFields where name.equalsIgnoringCase(owned) {
      return "the field cannot be set: \(reason)"
    }
    return nil
  }

  private static let ownedFields: [(name: StaticString, reason: StaticString)] = [
    ("Content-Length", "it is the length of the request's body"),
    ("Transfer-Encoding", "it says how the request's body is framed"),
    ("Connection", "the connection is Postern's to keep"),
    ("Keep-Alive", "the connection is Postern's to keep"),
    ("Proxy-Connection", "the connection is Postern's to keep"),
    ("Upgrade", "the connection is Postern's to keep"),
    ("Expect", "requests are sent whole"),
    ("TE", "replies are read without trailers"),
    ("Trailer", "requests are sent without trailers"),
    ("Accept-Encoding", "replies are read uncompressed"),
  ]

  /// Further fields of a request: all except those that Postern always writes itself.
  private static func objection(toParameter name: Span<UInt8>) -> Text? {
    if !(1...64 ~= name.count) || !consists(name, of: "_-.") {
      return "not a name: letters, digits, '_', '-' and '.', 1 to 64 of them"
    }
    if name.equals("messages") { return "the field cannot be set: it is the conversation" }
    if name.equals("model") || name.equals("stream") || name.equals("max_tokens") {
      return "the field is set by '\(name)'"
    }
    return nil
  }

  /// Whether a name consists of ASCII letters, digits and these others.
  private static func consists(_ name: Span<UInt8>, of others: StaticString) -> Bool {
    for index in name.indices where !name[index].isASCIILetter && !name[index].isASCIIDigit {
      var other = 0
      while other < others.utf8CodeUnitCount, others.utf8Start[other] != name[index] { other += 1 }
      if other == others.utf8CodeUnitCount { return false }
    }
    return true
  }
}

/// Names that say that a value is a secret.
extension Setting {
  /// Whether a name ends in a word such as `key` or `token`, or contains one such as `password`.
  static func isSecretName(_ name: Span<UInt8>) -> Bool {
    name.extracting(last: 3).equalsIgnoringCase("key")
      || name.extracting(last: 5).equalsIgnoringCase("token")
      || secretParts.contains { name.containsIgnoringCase($0) }
  }

  private static let secretParts: [StaticString] = [
    "secret", "passw", "credential", "authorization",
  ]

  /// Whether the value of a key is never shown: all of this setting are secret, or the name within the family says so.
  func hides(_ suffix: Span<UInt8>) -> Bool {
    if isSecret { return true }
    if case .json = type { return Self.isSecretName(suffix) }
    return false
  }
}
