import Bytes

extension Setting {
  /// What is printed instead of a URL's query, which may have a key in it.
  static let maskedQuery: StaticString = "?****"

  /// How a value is printed, in the file's syntax: as it was written, but for secrets and for what says
  /// more in another form.
  func printed(_ value: SettingValue, writtenAs text: Span<UInt8>, isDerived: Bool) -> [UInt8] {
    if isSecret || isDerived { return [UInt8](SettingEntry.mask) }
    switch (value, type) {
    case (.number(let isTrue), .boolean): return [UInt8](isTrue == 1 ? "yes" : "no")
    case (.number(let word), .choice(let words)): return words[word] ?? []
    case (.number(let milliseconds), .duration), (.number(let milliseconds), .interval):
      if milliseconds <= 0, case .interval = type { return WordList.intervals[-milliseconds] ?? [] }
      var printed = text.copied
      if printed.last?.isASCIIDigit == true { printed.append("s") }
      return printed
    case (.text(let url), .url):
      guard let query = url.span.firstIndex(of: UInt8(ascii: "?")) else { return url }
      return url[..<query] + [UInt8](Setting.maskedQuery)
    default: return text.copied
    }
  }
}
