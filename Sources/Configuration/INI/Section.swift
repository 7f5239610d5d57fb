import Bytes

/// A section with what the file, or nobody, says about each of its settings. Shared by those who read,
/// complete and check it, one after the other.
final class Section {
  /// What kind it is.
  let kind: SectionKind
  /// Its name, or nothing for a kind of which there is one.
  let name: [UInt8]
  /// Where it comes from.
  let origin: SettingOrigin
  /// What it has: at most one per setting, and one per name of a family.
  private(set) var entries: [SettingEntry] = []
  /// The system message that `system_file` of a bot gave.
  var system: [UInt8]?
  /// What `tls_certificate` and `tls_key` of the server gave.
  var identity: ServerSettings.TLS?

  init(_ kind: SectionKind, name: [UInt8], origin: SettingOrigin) {
    self.kind = kind
    self.name = name
    self.origin = origin
  }

  /// The section as messages name it: `[bot support]`.
  var header: Text { kind.header(name: name) }

  /// Adds what the section has for a setting that it has nothing for yet.
  @inline(never)
  func add(_ entry: SettingEntry) {
    entries.append(entry)
  }

  /// What the section has for a setting.
  @inline(never)
  func entry(_ name: StaticString) -> SettingEntry? {
    entry(row: kind.row(of: name))
  }

  /// What the section has for the setting of a row.
  @inline(never)
  func entry(row: Int) -> SettingEntry? {
    for entry in entries where entry.row == row { return entry }
    return nil
  }

  /// What an integration's backend speaks, if that is known.
  var integrationKind: IntegrationSettings.Kind? {
    guard kind == .integration else { return nil }
    return entry("type")?.number.flatMap { IntegrationSettings.Kind(rawValue: $0) }
  }
}
