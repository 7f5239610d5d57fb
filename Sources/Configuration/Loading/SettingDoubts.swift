import Bytes

/// What makes a single value doubtful.
extension Setting {
  /// Why a value is probably not as intended, and what to write instead; `nil` if nothing speaks against it.
  func doubt(about entry: SettingEntry, writtenAs text: Span<UInt8>) -> Text? {
    switch type {
    case .duration, .sync: return doubtAboutTime(text)
    case .size: return doubtAboutSize(text)
    case .prose, .line, .path, .url, .proxy, .field, .secret, .token, .webhookSecrets: break
    default: return nil
    }
    if let mistake = WrittenMistake.find(in: text, kindOfText) { return mistake }
    guard let bytes = entry.text?.bytes else { return nil }
    let value = bytes.span
    guard isSecret, !isFamily || KeyMistake.isKey(field: entry.suffix.span) else { return nil }
    if !entry.isDerived, KeyMistake.isPlaceholder(value) {
      return
        "this looks like a placeholder; write the key itself, or ${NAME} for an environment variable"
    }
    return isFamily ? KeyMistake.find(field: entry.suffix.span, value) : nil
  }

  /// The message of an error, with what to write instead where that can be guessed.
  func message(of error: InvalidValue, writtenAs text: Span<UInt8>) -> Text {
    if error.isUnknown { return error.message }
    if let advice = HiddenCharacter.advice(about: text) { return "\(error.message); \(advice)" }
    if let mistake = WrittenMistake.find(in: text, kindOfText) {
      return "\(error.message); \(mistake)"
    }
    let isDerived = text.indices.contains { text.extracting($0...).hasPrefix("${") }
    guard !isDerived else { return error.message }
    let isQuoted = WrittenValue.Quoting(of: text) == .whole
    let plain = isQuoted ? text.extracting(1..<text.count - 1) : text
    guard let hint = hint(for: plain) else { return error.message }
    return "\(error.message); \(UnknownKey.question(hint))"
  }

  private var kindOfText: WrittenMistake.Kind {
    switch type {
    case .prose: .prose
    case .line: name.equals("model") ? .word : .name
    case .path: .word
    case .url, .proxy, .field, .secret, .token, .webhookSecrets: .secret
    default: .other
    }
  }

  /// Bare numbers are seconds, which users of other programs take for milliseconds.
  private func doubtAboutTime(_ text: Span<UInt8>) -> Text? {
    guard let number = Int(decimal: text) else { return nil }
    if number >= 1000 { return "a bare number is in seconds; write \(number)ms or \(number)s" }
    return nil
  }

  /// Bare numbers are bytes.
  private func doubtAboutSize(_ text: Span<UInt8>) -> Text? {
    guard let number = Int(decimal: text), 1..<1024 ~= number else { return nil }
    return "a bare number is in bytes; write \(number)K or \(number)M"
  }
}
