import Bytes

extension ConfigurationChange {
  /// What changes concern, for the log: `[integration gpt] weight, header.Authorization`. No values.
  ///
  /// A section is told once for all of its settings; `+` and `-` before it say that it is added or deleted.
  public static func summary(of changes: [ConfigurationChange]) -> [UInt8] {
    var text: [UInt8] = []
    var current: SectionName?
    for change in changes.prefix(most) {
      let (section, mark, key) = change.parts
      if let key, section == current {
        text.append(",")
        text.append(" ")
        text += key
        continue
      }
      if !text.isEmpty { text.append("; ") }
      text.append(mark)
      text += section.kind.header(name: section.name).bytes
      if let key {
        text.append(" ")
        text += key
      }
      current = key == nil ? nil : section
    }
    if changes.count > most { text.append(", …") }
    return text
  }

  /// The most changes that a line of the log names.
  private static var most: Int { 50 }

  private var parts: (section: SectionName, mark: StaticString, key: [UInt8]?) {
    switch self {
    case .set(let section, let key, _), .unset(let section, let key): (section, "", key)
    case .add(let section): (section, "+", nil)
    case .delete(let section): (section, "-", nil)
    }
  }
}
