import Bytes
import Protocols

/// The values that a section has, as far as they are valid.
extension Section {
  /// The text of a setting.
  @inline(never)
  func text(_ name: StaticString) -> [UInt8]? {
    entry(name)?.text?.bytes
  }

  /// The number of a setting, in the unit of its type.
  @inline(never)
  func number(_ name: StaticString) -> Int? {
    entry(name)?.number
  }

  /// Whether a setting is on or off.
  @inline(never)
  func boolean(_ name: StaticString) -> Bool? {
    entry(name)?.boolean
  }

  /// The service of a channel; `nil` for an invalid word.
  var channelKind: ChannelSettings.Kind? {
    entry("type")?.word.flatMap { ChannelSettings.Kind(word: $0.span) }
  }

  /// What answers for an integration, if that is known.
  var integrationKind: IntegrationSettings.Kind? {
    guard kind == .integration else { return nil }
    guard let word = entry("type")?.word else { return nil }
    return IntegrationSettings.Kind(word: word.span)
  }

  /// What an integration serves. An invalid value is assumed to be the default.
  var purposes: Purposes {
    entry("serves")?.text?.parsed(Purposes.init) ?? Purposes(.chat)
  }

  /// All entries of a family, in file order: the rest of the key after the family's name, and the text.
  @inline(never)
  func family(row: Int) -> [NamedText] {
    var members: [NamedText] = []
    for entry in entries where entry.row == row {
      if let text = entry.text { members.append(NamedText(name: entry.suffix, text: text.bytes)) }
    }
    return members
  }

  /// The texts that are secret, or come from the environment or a file. Of JSON strings, the part between the quotes.
  var secrets: [[UInt8]] {
    var secrets: [[UInt8]] = []
    for entry in entries
    where entry.isDerived || kind.settings[entry.row].hides(entry.suffix.span) {
      guard var text = entry.text?.bytes else { continue }
      if case .json = kind.settings[entry.row].type, text.first == UInt8(ascii: "\"") {
        text = text.dropFirst().dropLast()
      }
      secrets.append(text)
    }
    return secrets
  }
}
