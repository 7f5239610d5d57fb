import Bytes

extension Bool {
  // Not in the function, because the linker may mix up the constant arrays of one: see `Quantity.timeUnits`.
  private static let yes: WordList = ["yes", "true", "on", "1"]
  private static let no: WordList = ["no", "false", "off", "0"]

  /// The boolean that a word of the file means; `nil` for any other text. Case is ignored.
  init?(word: Span<UInt8>) {
    if Self.yes.word(word) != nil {
      self = true
    } else if Self.no.word(word) != nil {
      self = false
    } else {
      return nil
    }
  }
}
