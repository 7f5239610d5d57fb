import Bytes

/// A row of the settings table: everything about one setting. Reading, `check --print`, the reference and
/// the annotated sample all come from these rows, so that they cannot tell different stories.
struct Setting: Sendable {
  /// The key in the file. A name that ends in `.` stands for all keys that begin with it.
  let name: StaticString

  /// What values it takes.
  let type: SettingType

  /// The value in force where the file gives none, as the file would give it; empty for no default.
  let standard: StaticString

  /// Whether the value is never printed.
  let isSecret: Bool

  #if !hasFeature(Embedded)
    /// What only the documentation is written from, which debug builds do.
    let documentation: Documentation
  #endif

  /// What the reference and the sample say of a setting.
  struct Documentation {
    /// A value worth showing instead of the default. Of a family, the key's rest comes first:
    /// `Authorization = …`.
    let example: StaticString
    /// What holds where the file gives no value and there is no default.
    let absence: StaticString
    /// What the setting does, Markdown.
    let summary: StaticString
  }

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
    #if !hasFeature(Embedded)
      documentation = Documentation(example: example, absence: absence, summary: summary)
    #endif
  }

  /// Whether the row stands for all keys that begin with its name.
  var isFamily: Bool { name.utf8Start[name.utf8CodeUnitCount - 1] == UInt8(ascii: ".") }

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
