import Bytes
public import JSON

/// A section of a configuration as an object of the management API.
///
/// It has a member for each row of the table of settings. Durations are in seconds, sizes in bytes; header fields and
/// parameters are objects.
public struct Resource {
  /// Which section it is.
  public let name: SectionName
  private let section: Section

  /// Families of keys, each with the member that holds them as an object.
  package static let families: [(prefix: StaticString, member: StaticString)] = [
    ("header.", "headers"), ("param.", "params"),
  ]

  init(_ section: Section) {
    self.section = section
    name = SectionName(section.kind, section.name)
  }

  /// The name of the bot that an integration answers for.
  public var bot: [UInt8] { section.entry("bot")?.text?.bytes ?? [] }

  /// Whether the file implies it but does not contain it.
  public var isImplied: Bool { section.origin.line == nil }

  /// Writes the object. With `masking`, which is for all that leaves the process, secrets are `****`.
  public func write(to writer: inout JSONWriter, masking: Bool = true) {
    let id = name.name
    writer.beginObject()
    writer.member("id", string: id.span)
    let settings = name.kind.settings
    for row in settings.indices {
      if settings[row].isFamily {
        write(family: settings[row], row, to: &writer, masking)
      } else {
        writer.name(settings[row].name)
        guard let entry = section.entry(row: row), let value = entry.value else {
          writer.null()
          continue
        }
        write(value, of: settings[row], entry, to: &writer, masking)
      }
    }
    writer.endObject()
  }

  /// The masked text that a member shows; `nil` if it shows the text itself. Sent back, it changes nothing.
  func masked(_ setting: Setting, row: Int) -> [UInt8]? {
    guard let entry = section.entry(row: row), case .text(let text) = entry.value else {
      return nil
    }
    let shown = shown(text, of: setting, entry)
    return shown == text ? nil : shown
  }

  /// Whether a member is sent back as it is shown.
  func shows(_ value: JSONValue, as setting: Setting, row: Int) -> Bool {
    guard let entry = section.entry(row: row), case .text(let text) = entry.value else {
      return value.isNull
    }
    return value.string == shown(text, of: setting, entry)
  }

  /// The text that the section has for a setting; `nil` for a missing one.
  func text(row: Int) -> WrittenValue? { section.entry(row: row)?.text }

  /// The keys of all secrets: header fields, parameters whose names say so, and what comes from the environment or a file.
  var secretKeys: [[UInt8]] {
    let settings = name.kind.settings
    return section.entries.filter { settings[$0.row].hides($0.suffix.span) || $0.isDerived }
      .map { [UInt8](settings[$0.row].name) + $0.suffix }
  }

  /// The keys that the section has of a family.
  func keys(of prefix: StaticString) -> [[UInt8]] {
    let row = name.kind.row(of: prefix)
    return section.entries.filter { $0.row == row }.map { [UInt8](prefix) + $0.suffix }
  }

  /// Whether a key is one of these keys of a family, and its value is never shown.
  func hides(_ key: [UInt8], in keys: [[UInt8]]) -> Bool {
    guard let row = name.kind.setting(for: key.span) else { return false }
    let setting = name.kind.settings[row]
    let suffix = key.dropFirst(setting.name.utf8CodeUnitCount)
    guard setting.ignoresCase else {
      return isDerived(key) || keys.contains(key) && setting.hides(suffix.span)
    }
    return keys.contains { $0.span.equalsIgnoringCase(key.span) }
  }

  /// Whether part of a setting's value comes from the environment or a file, and so may be a secret.
  public func isDerived(_ key: [UInt8]) -> Bool {
    guard let row = name.kind.setting(for: key.span) else { return false }
    let setting = name.kind.settings[row]
    let suffix = setting.isFamily ? Array(key.dropFirst(setting.name.utf8CodeUnitCount)) : []
    return section.entries.contains { $0.row == row && $0.suffix == suffix && $0.isDerived }
  }

  private func write(
    family setting: Setting, _ row: Int, to writer: inout JSONWriter, _ masking: Bool
  ) {
    guard let family = Resource.families.first(where: { setting.name.equals($0.prefix) }) else {
      return
    }
    writer.name(family.member)
    writer.beginObject()
    for entry in section.entries where entry.row == row {
      let suffix = entry.suffix
      guard case .text(let text) = entry.value else { continue }
      writer.name(suffix.span)
      let isHidden = entry.isDerived || setting.hides(suffix.span)
      if case .json = setting.type, !isHidden || !masking {
        writer.raw(text.span)
      } else {
        let shown = masking ? [UInt8](SecretMask.value) : text
        writer.string(shown.span)
      }
    }
    writer.endObject()
  }

  private func write(
    _ value: SettingValue, of setting: Setting, _ entry: SettingEntry,
    to writer: inout JSONWriter, _ masking: Bool
  ) {
    switch (value, setting.type) {
    case (.boolean(let isTrue), _):
      writer.boolean(isTrue)
    case (.word(let word), .flag) where word.span.equals("yes"):
      writer.boolean(true)
    case (.word(let word), .flag) where word.span.equals("no"):
      writer.boolean(false)
    case (.word(let word), _):
      writer.string(word.span)
    case (.sync(.always), _):
      writer.string("always")
    case (.sync(.never), _):
      writer.string("never")
    case (.number(let milliseconds), .duration), (.number(let milliseconds), .optionalDuration),
      (.sync(.every(let milliseconds)), _):
      let seconds = Resource.thousandths(Int64(milliseconds))
      writer.raw(seconds.span)
    case (.number(let number), _):
      writer.integer(number)
    case (.text(let text), .price) where !entry.isDerived || !masking:
      writer.raw(text.span)
    case (.text(let text), _):
      let shown = masking ? shown(text, of: setting, entry) : text
      writer.string(shown.span)
    }
  }

  /// A text without secrets.
  private func shown(_ text: [UInt8], of setting: Setting, _ entry: SettingEntry) -> [UInt8] {
    setting.printed(
      .text(text), writtenAs: text.span, suffix: entry.suffix.span, isDerived: entry.isDerived)
  }

  /// Milliseconds as seconds, a JSON number.
  public static func thousandths(_ milliseconds: Int64) -> [UInt8] {
    var text: [UInt8] = []
    text.append(decimal: milliseconds / 1000)
    guard milliseconds % 1000 != 0 else { return text }
    text.append(".")
    text.append(decimal: Int(milliseconds % 1000), width: 3)
    while text.last == UInt8(ascii: "0") { text.removeLast() }
    return text
  }
}

extension Configuration {
  /// The sections of a kind: those of the file in its order, then the implied ones.
  public func resources(_ kind: SectionKind) -> [Resource] {
    sections.filter { $0.kind == kind }.map(Resource.init)
  }

  /// A section by its name.
  public func resource(_ name: SectionName) -> Resource? {
    for section in sections where section.kind == name.kind && section.name == name.name {
      return Resource(section)
    }
    return nil
  }
}
