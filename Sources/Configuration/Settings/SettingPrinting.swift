import Bytes

extension Setting {
  /// How a value is printed, in the file's syntax: as it was written, except for secrets and for values that
  /// are clearer in another form.
  func printed(
    _ value: SettingValue, writtenAs text: Span<UInt8>, suffix: Span<UInt8>, isDerived: Bool
  ) -> [UInt8] {
    if hides(suffix) || isDerived { return [UInt8](SecretMask.value) }
    switch (value, type) {
    case (.boolean(let isTrue), _): return [UInt8](isTrue ? "yes" : "no")
    case (.word(let word), _): return word
    case (.sync(.always), _): return [UInt8]("always")
    case (.sync(.never), _): return [UInt8]("never")
    case (.number, .duration), (.number, .optionalDuration), (.sync(.every), _):
      var printed = text.copied
      if printed.last?.isASCIIDigit == true { printed.append("s") }
      return printed
    case (.text(let url), .url):
      guard let query = url.span.firstIndex(of: UInt8(ascii: "?")) else { return url }
      return url[..<query] + [UInt8](SecretMask.query)
    case (.text(let url), .proxy): return ProxyURL.masked(url)
    default: return text.copied
    }
  }
}
