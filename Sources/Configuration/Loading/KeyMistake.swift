import Bytes

/// Mistakes in the value of a header field that shows a key to a backend.
package enum KeyMistake {
  /// Whether a header field usually has a key.
  static func mayHaveKey(field name: Span<UInt8>) -> Bool {
    for other in notKeys where name.equalsIgnoringCase(other) { return false }
    return true
  }

  /// Fields that say something else.
  private static let notKeys: [StaticString] = [
    "User-Agent", "Accept", "Accept-Language", "Content-Type", "anthropic-version",
    "anthropic-beta",
    "OpenAI-Organization", "OpenAI-Project", "OpenAI-Beta", "HTTP-Referer", "Referer", "X-Title",
    "X-Request-Id", "Host", "Origin",
  ]

  /// Whether a header field is one of those that are made for keys.
  package static func isKey(field name: Span<UInt8>) -> Bool {
    name.equalsIgnoringCase("Authorization") || name.equalsIgnoringCase("Proxy-Authorization")
      || Setting.isSecretName(name)
  }

  /// What is wrong with a field's value, resolved, and what to write instead. `nil` if nothing is. Quotes nothing of it.
  ///
  /// The field is one that ``isKey(field:)`` knows.
  static func find(field name: Span<UInt8>, _ value: Span<UInt8>) -> Text? {
    let isAuthorization = name.extracting(last: 13).equalsIgnoringCase("Authorization")
    let form: Text = isAuthorization ? "Bearer ${NAME}" : "${NAME}"
    let value = value.trimmingBlanks
    if value.isEmpty { return "the field has no value; write \(form)" }
    if value.count > name.count, value.extracting(first: name.count).equalsIgnoringCase(name),
      value[name.count] == UInt8(ascii: ":")
    {
      return "the value repeats the field's name; write \(form)"
    }
    if !isAuthorization {
      return value.hasPrefixIgnoringCase("Bearer ")
        ? "the field takes the key alone; leave out 'Bearer'" : nil
    }
    return mistake(inCredentials: value)
  }

  private static func mistake(inCredentials value: Span<UInt8>) -> Text? {
    guard let blank = value.indices.first(where: { value[$0].isBlank }) else {
      for scheme in schemes
      where value.equalsIgnoringCase(scheme) {
        return "there is no key after '\(scheme)'; write Bearer ${NAME}, and set the variable"
      }
      return "the word before the key is missing; write Bearer before it, as in Bearer ${NAME}"
    }
    let scheme = value.extracting(0..<blank)
    let key = value.extracting(blank..<value.count).trimmingBlanks
    if scheme[scheme.count - 1] == UInt8(ascii: ":") {
      return "the colon before the key is wrong; write Bearer ${NAME}"
    }
    if !scheme.equalsIgnoringCase("Bearer") {
      let isNear = 4...9 ~= scheme.count && scheme.editDistance(to: bearer.span) <= 2
      return isNear ? "the word before the key is misspelt; write Bearer ${NAME}" : nil
    }
    if key.hasPrefixIgnoringCase("Bearer ") || key.equalsIgnoringCase("Bearer") {
      return "'Bearer' is there twice; write it once, here or in the variable"
    }
    if key[0] == UInt8(ascii: "\"") || key[0] == UInt8(ascii: "'") {
      return "the quotes are part of the key; leave them out"
    }
    let isPlain = key.indices.allSatisfy { key[$0].isVisibleASCII }
    return isPlain
      ? nil : "the key contains a blank or another character that no key has; remove it"
  }

  private static let bearer: StaticString = "Bearer"
  private static let schemes: [StaticString] = ["Bearer", "Basic", "Token", "Bearer:", "Token:"]

  // MARK: Placeholders

  /// Whether a text of the file stands for a key that is still to be written.
  static func isPlaceholder(_ text: Span<UInt8>) -> Bool {
    var key = text.trimmingBlanks
    if key.hasPrefixIgnoringCase("Bearer ") {
      key = key.extracting(7..<key.count).trimmingBlanks
    }
    for part in parts where key.containsIgnoringCase(part) { return true }
    for word in words where key.equalsIgnoringCase(word) { return true }
    return key.hasPrefix("<")
  }

  private static let parts: [StaticString] = [
    "...", "…", "your", "xxxx", "changeme", "change-me", "change_me", "replace", "placeholder",
    "insert", "my-key", "my_key", "****",
  ]
  private static let words: [StaticString] = [
    "key", "api_key", "api-key", "apikey", "secret", "token", "password", "todo", "sk-", "sk-xxx",
  ]
}
