package import Bytes

/// The words that a value may be.
package struct WordList: Sendable, ExpressibleByArrayLiteral {
  /// The words, in the order in which they are listed to users.
  package let words: [StaticString]

  package init(arrayLiteral words: StaticString...) {
    self.words = words
  }

  /// The words for the values of a type.
  init<Value: SettingWord>(of type: Value.Type) {
    var words: [StaticString] = []
    for entry in Value.words { words.append(entry.word) }
    self.words = words
  }

  /// The word that a text is, ignoring the case of letters.
  func word(_ text: Span<UInt8>) -> StaticString? {
    for word in words where text.equalsIgnoringCase(word) { return word }
    return nil
  }

  /// The words as a message lists them: `text, json`.
  package var text: Text {
    var text: Text = ""
    for index in words.indices {
      text = index == 0 ? "\(words[index])" : "\(text), \(words[index])"
    }
    return text
  }
}
