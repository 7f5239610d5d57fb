import Bytes

/// The words that a value may be, as a literal that also reads well in a message: `text, json`.
package struct WordList: Sendable, ExpressibleByStringLiteral {
  package let text: StaticString

  package init(stringLiteral text: StaticString) {
    self.text = text
  }

  /// What booleans may be, true and false by turns.
  static let booleans: WordList = "yes, no, true, false, on, off, 1, 0"
  /// What intervals may be instead of a time.
  static let intervals: WordList = "always, never"
  /// The scopes of a key, in the order of their bits.
  static let scopes: WordList = "chat, read, write, admin"

  /// The position of a word, the case of letters aside.
  func position(of word: Span<UInt8>) -> Int? {
    var position = 0
    while let candidate = self[position] {
      if word.equalsIgnoringCase(candidate.span) { return position }
      position += 1
    }
    return nil
  }

  /// The word at a position, or `nil` beyond the last.
  subscript(position: Int) -> [UInt8]? {
    var rest = position
    var word: [UInt8] = []
    for index in 0..<text.utf8CodeUnitCount {
      let byte = text.utf8Start[index]
      if byte == UInt8(ascii: ",") {
        if rest == 0 { return word }
        rest -= 1
      } else if rest == 0, byte != UInt8(ascii: " ") {
        word.append(byte)
      }
    }
    return rest == 0 ? word : nil
  }
}
