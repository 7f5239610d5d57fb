import Bytes

/// A row of the settings table: everything about one setting. Reading, `check --print`, the reference and
/// the annotated sample all come from these rows, so that they cannot tell different stories.
package struct Setting: Sendable {
  /// The key in the file. A name that ends in `.` stands for all keys that begin with it.
  package let name: StaticString

  /// What values it takes.
  package let type: SettingType

  /// The value in force where the file gives none, as the file would give it; empty for no default.
  package let standard: StaticString

  /// Whether the value is never printed.
  let isSecret: Bool

  /// What the documents say of it.
  package let documentation: SettingDocumentation

  @inline(__always)
  init(
    _ name: StaticString, _ type: SettingType, standard: StaticString = "",
    example: StaticString = "", absence: StaticString = "", isSecret: Bool = false,
    _ summary: StaticString
  ) {
    self.name = name
    self.type = type
    self.standard = standard
    self.isSecret = isSecret
    documentation = SettingDocumentation(example: example, absence: absence, summary: summary)
  }

  /// Whether the row stands for all keys that begin with its name.
  package var isFamily: Bool { name.utf8Start[name.utf8CodeUnitCount - 1] == UInt8(ascii: ".") }

  /// Whether keys of this family are told apart without regard to case, as servers do with the names of header fields;
  /// RFC 9110 section 5.1.
  var ignoresCase: Bool {
    if case .field = type { true } else { false }
  }

  /// Whether a key of the file is this setting, or one of this family.
  func matches(_ key: Span<UInt8>) -> Bool {
    isFamily ? key.hasPrefix(name) : key.equals(name)
  }
}
