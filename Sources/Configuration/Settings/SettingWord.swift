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

extension SettingWord where Self: OptionSet, Element == Self {
  /// Reads words separated by commas. The error about an unknown one has those that are known.
  init(list value: WrittenValue) throws(InvalidValue) {
    self = []
    var known: [UInt8] = []
    var unknown: WrittenValue?
    for item in try value.items() {
      guard let word = Self(word: item.bytes.span) else {
        if unknown == nil { unknown = item }
        continue
      }
      formUnion(word)
      if !known.isEmpty { known += [UInt8](", ") }
      known += item.bytes
    }
    guard let unknown else { return }
    var fault = InvalidValue("\(unknown.quoted) is not one of \(WordList(of: Self.self).text)")
    fault.isUnknownWord = true
    fault.knownWords = known
    throw fault
  }
}
