/// Why a line of a configuration file is not understood.
public enum INIDefect: Equatable {
  /// The line is longer than ``INILine/maximumLength``.
  case tooLong
  /// The line is not UTF-8.
  case invalidUTF8
  /// The line holds a control character other than the tab.
  case controlCharacter
  /// The line holds a CR that is not followed by LF.
  case strayCarriageReturn
  /// The line begins with `[` and has no `]`.
  case unclosedSection
  /// Text follows the `]` of a section.
  case textAfterSection
  /// A section without a type: `[]`.
  case emptySection
  /// Neither a comment nor a section, and without a `=`.
  case missingEquals
  /// Nothing before the `=`.
  case missingKey

  /// Whether the line was meant to open a section, so that the keys after it belong to that one.
  var isSection: Bool {
    self == .unclosedSection || self == .textAfterSection || self == .emptySection
  }

  /// What is wrong and what to write instead. Never quotes the line, which may hold a secret.
  var message: StaticString {
    switch self {
    case .tooLong: "the line is longer than 64 KiB"
    case .invalidUTF8: "the line is not UTF-8; save the file as UTF-8"
    case .controlCharacter: "the line contains a control character; remove it"
    case .strayCarriageReturn: "the line contains a carriage return that is not part of its end"
    case .unclosedSection: "the section has no ']'"
    case .textAfterSection:
      "only blanks may follow the ']' of a section; a comment stands on a line of its own"
    case .emptySection: "the section has no type; write [type] or [type NAME]"
    case .missingEquals:
      "the line is not understood; write key = value, a [section], or a comment that begins with # or ;"
    case .missingKey: "the key before '=' is missing; write key = value"
    }
  }
}
