import Bytes
import Configuration

/// A section of the new file, in the making.
final class ImportedSection {
  /// The settings as the file has them: key, and value in the file's syntax.
  private(set) var settings: [(key: [UInt8], value: [UInt8])] = []
  /// What could not be imported, a comment each.
  private var notes: [[UInt8]] = []

  /// Sets a setting to a value in the file's syntax, in the place of an earlier one.
  @inline(never)
  func set(_ key: [UInt8], written value: [UInt8]) {
    settings.removeAll { $0.key == key }
    settings.append((key, value))
  }

  /// The same for a key that is known.
  @inline(never)
  func set(_ key: StaticString, written value: [UInt8]) {
    set([UInt8](key), written: value)
  }

  /// Sets a setting to a text. A text of the form `os.environ/NAME` becomes `${NAME}`.
  @inline(never)
  func set(_ key: StaticString, _ text: [UInt8]) {
    set([UInt8](key), written: Self.written(text))
  }

  /// Adds a comment.
  @inline(never)
  func note(_ text: Text) {
    notes.append(text.bytes)
  }

  /// Adds a comment about a member of the original that has no equivalent.
  @inline(never)
  func note(_ name: [UInt8], _ node: YAMLNode, _ reason: [UInt8] = []) {
    note(Self.missing(name, node, reason))
  }

  /// Takes the comments of another section.
  func take(notesOf other: ImportedSection) {
    notes += other.notes
  }

  /// The words for a member of the original that has no equivalent.
  @inline(never)
  static func missing(_ name: [UInt8], _ node: YAMLNode, _ reason: [UInt8] = []) -> Text {
    let text: Text = "\(name) (line \(node.line)) has no equivalent"
    return reason.isEmpty ? text : "\(text): \(reason)"
  }

  /// Appends the section as lines, its notes first, unless it has no settings.
  @inline(never)
  func append(to lines: inout [[UInt8]], _ header: [UInt8]) {
    if settings.isEmpty { return }
    lines.append([])
    for note in notes { lines.append(Self.comment(note)) }
    lines.append(header)
    for setting in settings {
      let line: Text = "\(setting.key) = \(setting.value)"
      lines.append(line.bytes)
    }
  }

  /// A line of comment. What is quoted in it cannot begin another line.
  @inline(never)
  static func comment(_ text: [UInt8]) -> [UInt8] {
    var line = [UInt8]("# ")
    for byte in text { line.append(byte.isControl ? UInt8(ascii: " ") : byte) }
    return line
  }

  /// A text as the file's value.
  @inline(never)
  static func written(_ text: [UInt8]) -> [UInt8] {
    if let name = Variables.name(in: text) { return Variables.reference(name) }
    return ValueWriter.written(text)
  }

  /// Whether Postern has a setting.
  @inline(never)
  static func knows(_ key: [UInt8], in kind: SectionKind) -> Bool {
    for setting in kind.settings where key.span.equals(setting.name) { return true }
    return false
  }
}
