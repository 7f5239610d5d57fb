import Bytes

/// A row of the table of settings: all that is known about one setting, except its field.
///
/// Reading, `check --print`, the management API, the reference and the sample all use these rows, so that
/// they agree. ``SectionSettings/bind(_:)`` makes them.
package final class Setting: Sendable {
  /// The key in the file. A name that ends in `.` stands for all keys that begin with it.
  package let name: StaticString

  /// Which values it accepts.
  package let type: SettingType

  /// The value where the file gives none, as the file would write it. Empty for no default.
  package let standard: StaticString

  /// Whether the value is never printed.
  let isSecret: Bool

  /// What the documents say about it.
  package let documentation: SettingDocumentation

  init(
    name: StaticString, type: SettingType, standard: StaticString, isSecret: Bool,
    documentation: SettingDocumentation
  ) {
    self.name = name
    self.type = type
    self.standard = standard
    self.isSecret = isSecret
    self.documentation = documentation
  }

  /// Whether the row stands for all keys that begin with its name.
  package var isFamily: Bool { name.utf8Start[name.utf8CodeUnitCount - 1] == UInt8(ascii: ".") }

  /// Whether keys of this family that differ only in case are the same, as names of header fields are; RFC 9110
  /// section 5.1.
  var ignoresCase: Bool {
    if case .field = type { true } else { false }
  }

  /// Whether only an administrator may change it, in the file: the API refuses to.
  ///
  /// A path would let a key of the API have any file sent to a backend, and tell which files exist.
  package var isReserved: Bool {
    if case .path = type { true } else { false }
  }

  /// Whether a key of the file is this setting, or one of this family.
  func matches(_ key: Span<UInt8>) -> Bool {
    isFamily ? key.hasPrefix(name) : key.equals(name)
  }
}
