import Bytes

/// The value that a section has for one setting.
struct SettingEntry {
  /// The row in the table of the section's kind.
  let row: Int
  /// The rest of the key after the name of a family: `Authorization` of `header.Authorization`; else empty.
  let suffix: [UInt8]
  /// Where the value comes from.
  let origin: SettingOrigin
  /// The value; `nil` if the one in the file is invalid.
  let value: SettingValue?
  /// Whether part of the value came from the environment or a file, so that no message may quote it.
  let isDerived: Bool
  /// The value in the file's syntax, as `check --print` shows it.
  let printed: [UInt8]

  /// The line of the value; `nil` if it is not from the file.
  var line: Int? { origin.line }

  /// The text of a setting that has one and is valid.
  var text: WrittenValue? {
    guard case .text(let bytes) = value else { return nil }
    return WrittenValue(bytes: bytes, isDerived: isDerived)
  }

  /// The number of a setting that has one and is valid.
  var number: Int? {
    guard case .number(let number) = value else { return nil }
    return number
  }

  /// The boolean of a setting that is one and is valid.
  var boolean: Bool? {
    guard case .boolean(let boolean) = value else { return nil }
    return boolean
  }

  /// The word of a setting that is one of a few and is valid.
  var word: [UInt8]? {
    guard case .word(let word) = value else { return nil }
    return word
  }
}
