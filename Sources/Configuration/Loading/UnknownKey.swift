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
    if let kind = only(kindWith: key) {
      let name: StaticString = kind.isNamed ? " NAME" : ""
      return "\(message); it belongs in [\(kind.type)\(name)]"
    }
    // Only the name of a family is compared: 'headers.X' is near 'header.'.
    let dot = key.firstIndex(of: UInt8(ascii: "."))
    let start = dot.map { $0 + 1 } ?? key.count
    let known = section.kind.settings.map { [UInt8]($0.name) }
    guard let nearest = names.find(key.extracting(0..<start), among: known) else {
      return message
    }
    if nearest.last != UInt8(ascii: ".") { return "\(message); did you mean '\(nearest)'?" }
    if dot == nil { return "\(message); did you mean '\(nearest)NAME'?" }
    return "\(message); did you mean '\(nearest)\(unknown: key.extracting(start..<key.count))'?"
  }

  /// The only kind of section that has this setting; `nil` for none or several.
  private static func only(kindWith key: Span<UInt8>) -> SectionKind? {
    var found: SectionKind?
    for kind in SectionKind.allCases where kind.setting(for: key) != nil {
      if found != nil { return nil }
      found = kind
    }
    return found
  }
}
