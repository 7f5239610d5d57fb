import Bytes

/// A value that the file writes as one of a few words.
protocol SettingWord: Sendable {
  /// Each word with its value, in the order in which they are listed to users.
  static var words: [(word: StaticString, value: Self)] { get }
}

extension SettingWord {
  /// The value of a word; `nil` for any other text. Case is ignored.
  init?(word: Span<UInt8>) {
    for entry in Self.words where word.equalsIgnoringCase(entry.word) {
      self = entry.value
      return
    }
    return nil
  }
}
