import Bytes

/// The values of a complete, valid section. What is not `optional` is there: anything else is a mistake in
/// the table, which the first load of any configuration would show.
extension Section {
  @inline(never)
  func optionalNumber(_ name: StaticString) -> Int? {
    entry(name)?.number
  }

  @inline(never)
  func number(_ name: StaticString) -> Int {
    guard let number = optionalNumber(name) else {
      preconditionFailure("the setting has no number")
    }
    return number
  }

  func boolean(_ name: StaticString) -> Bool {
    number(name) != 0
  }

  @inline(never)
  func optionalText(_ name: StaticString) -> [UInt8]? {
    entry(name)?.text?.bytes
  }

  @inline(never)
  func text(_ name: StaticString) -> [UInt8] {
    guard let text = optionalText(name) else { preconditionFailure("the setting has no text") }
    return text
  }

  /// What a setting's text says, read once more.
  @inline(never)
  func parsed<Value>(
    _ name: StaticString, _ read: (WrittenValue) throws(InvalidValue) -> Value?
  ) -> Value? {
    guard let text = entry(name)?.text else { return nil }
    do throws(InvalidValue) {
      return try read(text)
    } catch {
      preconditionFailure("the setting's text was checked")
    }
  }

  /// All entries of a family, in file order: what follows the family's name, and the text.
  @inline(never)
  func family(_ name: StaticString) -> [NamedText] {
    let row = kind.row(of: name)
    var members: [NamedText] = []
    for entry in entries where entry.row == row {
      if let text = entry.text { members.append(NamedText(name: entry.suffix, text: text.bytes)) }
    }
    return members
  }

  /// The texts that are secret, or come from the environment or a file; of JSON strings what is between the quotes.
  var secrets: [[UInt8]] {
    var secrets: [[UInt8]] = []
    for entry in entries where entry.isDerived || kind.settings[entry.row].isSecret {
      guard var text = entry.text?.bytes else { continue }
      if case .json = kind.settings[entry.row].type, text.first == UInt8(ascii: "\"") {
        text = text.dropFirst().dropLast()
      }
      secrets.append(text)
    }
    return secrets
  }
}
