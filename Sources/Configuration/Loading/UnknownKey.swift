import Bytes

/// The message about a key that is not a setting of its section.
enum UnknownKey {
  /// The message about a single key.
  static func message(for key: Span<UInt8>, in section: Section) -> Text {
    var names = NearestName()
    return message(for: key, in: section, &names)
  }

  /// The message, with the suggestion that `names` finds.
  static func message(
    for key: Span<UInt8>, in section: Section, _ names: inout NearestName
  ) -> Text {
    let message: Text = "unknown key '\(unknown: key)' in \(section.header)"
    if let advice = HiddenCharacter.advice(about: key) { return "\(message); \(advice)" }
    if names.spend(OtherNames.length), let hint = OtherNames.hint(for: key, in: section.kind) {
      return "\(message); \(question(hint))"
    }
    if let place = place(of: key) { return "\(message); it belongs in \(place)" }
    // Only the name of a family is compared: 'headers.X' is near 'header.'.
    let dot = key.firstIndex(of: UInt8(ascii: "."))
    let start = dot.map { $0 + 1 } ?? key.count
    let known = section.kind.settings.map { [UInt8]($0.name) }
    guard let nearest = names.find(key.extracting(0..<start), among: known) else {
      guard names.spend(2 * OtherNames.length), let place = foreignPlace(of: key) else {
        return message
      }
      return "\(message); \(place)"
    }
    if nearest.last != UInt8(ascii: ".") { return "\(message); did you mean '\(nearest)'?" }
    if dot == nil { return "\(message); did you mean '\(nearest)NAME'?" }
    return "\(message); did you mean '\(nearest)\(unknown: key.extracting(start..<key.count))'?"
  }

  /// A hint as the end of a message: a single name is a question.
  static func question(_ hint: [UInt8]) -> Text {
    hint.contains(UInt8(ascii: " ")) ? Text(hint) : "did you mean '\(hint)'?"
  }

  /// The sections that have this setting, in words; `nil` if there are none.
  private static func place(of key: Span<UInt8>) -> Text? {
    var place: Text?
    for kind in SectionKind.allCases where kind.setting(for: key) != nil {
      place = place.map { "\($0) or \(placeholder(kind))" } ?? placeholder(kind)
    }
    return place
  }

  /// The section that has a setting which other programs call so; `nil` without such a section.
  private static func foreignPlace(of key: Span<UInt8>) -> Text? {
    // Channels are rarer than backends, which have the same names for keys and addresses.
    for kind in SectionKind.allCases.reversed() where kind != .channel {
      guard let hint = OtherNames.hint(for: key, in: kind) else { continue }
      if hint.contains(UInt8(ascii: " ")) {
        // What is said of an API key is true of nothing else.
        if kind == .key { continue }
        return Text(hint)
      }
      return "it belongs in \(placeholder(kind)), as '\(hint)'"
    }
    return nil
  }

  private static func placeholder(_ kind: SectionKind) -> Text {
    let name: StaticString = kind.isNamed ? " NAME" : ""
    return "[\(kind.type)\(name)]"
  }
}
