import Bytes

/// A section with an entry for each setting that has a value, or an invalid one.
///
/// It is shared: the reader, the resolver and the checks change it one after another.
final class Section {
  /// What kind it is.
  let kind: SectionKind
  /// Its name; empty for a kind that has only one section.
  let name: [UInt8]
  /// Where it comes from. Of several files, the configuration file itself counts most, and then the lowest.
  private(set) var origin: SettingOrigin
  /// The lines of all its headers, of which each file may have one.
  private(set) var headers: [Int]
  /// Whether its type is unknown, so that nothing may be sent to it.
  var isOff = false
  /// The rows of its settings whose words are unknown and ignored.
  var ignoredRows: [Int] = []
  /// At most one for each setting, and for each name of a family.
  private(set) var entries: [SettingEntry] = []
  /// The contents of the file `system_file` of a bot.
  var system: [UInt8]?
  /// The contents of the files `tls_certificate` and `tls_key` of the server.
  var identity: ServerSettings.TLS?

  init(_ kind: SectionKind, name: [UInt8], origin: SettingOrigin) {
    self.kind = kind
    self.name = name
    self.origin = origin
    headers = origin.line.map { [$0] } ?? []
  }

  /// Adds the header of another file; `isOwn` is whether that is the configuration file itself.
  func add(header line: Int, isOwn: Bool) {
    headers.append(line)
    if isOwn { origin = .line(line) }
  }

  /// Removes an entry.
  @inline(never)
  func remove(_ entry: SettingEntry) {
    for index in entries.indices
    where entries[index].row == entry.row && entries[index].suffix == entry.suffix {
      entries.remove(at: index)
      return
    }
  }

  /// The section as messages name it: `[bot support]`.
  var header: Text { kind.header(name: name) }

  /// Adds the entry of a setting that has none yet.
  @inline(never)
  func add(_ entry: SettingEntry) {
    entries.append(entry)
  }

  /// The entry of a setting.
  @inline(never)
  func entry(_ name: StaticString) -> SettingEntry? {
    entry(row: kind.row(of: name))
  }

  /// The entry of the setting in a row of the table.
  @inline(never)
  func entry(row: Int) -> SettingEntry? {
    for entry in entries where entry.row == row { return entry }
    return nil
  }
}
