import Bytes

/// Mistakes that the text of a value shows, whether its setting accepts it or not.
enum WrittenMistake {
  /// What kind of text a setting has, which decides what can be a mistake in it.
  enum Kind {
    /// A sentence for people, in which almost everything is possible.
    case prose
    /// A name for people.
    case name
    /// The name of a model, a path or a list of names.
    case word
    /// A header field's value, a key or a URL.
    case secret
    /// A number, a word, JSON.
    case other
  }

  /// What is wrong with a text, and what to write instead. `nil` if nothing is.
  ///
  /// The text is as the file has it. A text in double quotes says that everything in it is meant.
  static func find(in text: Span<UInt8>, _ kind: Kind) -> Text? {
    if text.isEmpty { return nil }
    let quoting = WrittenValue.Quoting(of: text)
    if quoting != .whole, hasComment(text, kind) {
      let way: StaticString =
        kind == .prose ? "; if it is meant, put the value in double quotes" : ""
      return "the comment after the value is part of it; move it to a line of its own\(way)"
    }
    if quoting == .unclosed {
      return """
        the value begins with a double quote but does not end with one; the quote is part of the value: \
        remove it, or close it
        """
    }
    if quoting == .none, hasWrongQuotes(text, kind) {
      return "the quotes are part of the value; write double quotes, \"…\", or none"
    }
    return kind == .prose || kind == .name ? nil : foreignReference(in: text)
  }

  /// Whether a text would be taken for a mistake that double quotes show to be meant.
  static func needsQuotes(_ text: Span<UInt8>, _ kind: Kind) -> Bool {
    if text.isEmpty { return false }
    return switch WrittenValue.Quoting(of: text) {
    case .whole: false
    case .unclosed: true
    case .none: hasComment(text, kind) || hasWrongQuotes(text, kind)
    }
  }

  // MARK: Comments

  /// Whether a text ends in what looks like a comment: `#` or `;` after a blank.
  private static func hasComment(_ text: Span<UInt8>, _ kind: Kind) -> Bool {
    for index in text.indices.dropFirst() where text[index - 1].isBlank {
      let mark = text[index]
      guard mark == UInt8(ascii: "#") || mark == UInt8(ascii: ";") else { continue }
      let isFollowedByBlank = index + 1 == text.count || text[index + 1].isBlank
      switch kind {
      case .word: return true
      case .name, .secret, .other: if isFollowedByBlank { return true }
      case .prose:
        // "; " after a blank is a sign of French; after a sentence or a gap it is a comment.
        guard isFollowedByBlank else { continue }
        if mark == UInt8(ascii: "#") { return true }
        switch index > 1 ? text[index - 2] : 0 {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "."), UInt8(ascii: "!"),
          UInt8(ascii: "?"):
          return true
        default: continue
        }
      }
    }
    return false
  }

  // MARK: Quotes

  /// Whether a text stands in quotes that are not double quotes, or has typographic ones where none belong.
  private static func hasWrongQuotes(_ text: Span<UInt8>, _ kind: Kind) -> Bool {
    if isQuote(text, at: 0), isQuote(text, at: text.count - 1), text.count > 1 { return true }
    if kind != .word, kind != .secret { return false }
    return text.indices.contains { text[$0] > 0x7F && isQuote(text, at: $0) }
  }

  /// Whether a quote other than `"` begins or ends at a position: `'`, a backtick, or one of “”„‟‘’‚‛‹›«».
  private static func isQuote(_ text: Span<UInt8>, at index: Int) -> Bool {
    switch text[index] {
    case UInt8(ascii: "'"), UInt8(ascii: "`"): return true
    case 0xC2: return index + 1 < text.count && [0xAB, 0xBB].contains(text[index + 1])
    case 0xE2:
      return index + 2 < text.count && text[index + 1] == 0x80 && isQuoteEnd(text[index + 2])
    case 0xAB, 0xBB: return index > 0 && text[index - 1] == 0xC2
    case let byte where isQuoteEnd(byte):
      return index > 1 && text[index - 1] == 0x80 && text[index - 2] == 0xE2
    default: return false
    }
  }

  private static func isQuoteEnd(_ byte: UInt8) -> Bool {
    0x98...0x9F ~= byte || byte == 0xB9 || byte == 0xBA
  }

  // MARK: References

  /// What to write instead of a variable in another program's syntax, such as `$KEY`.
  private static func foreignReference(in text: Span<UInt8>) -> Text? {
    for index in text.indices {
      let rest = text.extracting(index..<text.count)
      let isStart =
        index == 0 || !isPartOfName(text[index - 1]) && text[index - 1] != UInt8(ascii: "$")
      for form in forms where isStart && rest.hasPrefix(form.open) {
        let start = form.open.utf8CodeUnitCount
        var end = start
        while end < rest.count, isPartOfName(rest[end]) { end += 1 }
        guard end > start, !rest[start].isASCIIDigit,
          rest.extracting(end..<rest.count).hasPrefix(form.close)
        else { continue }
        return replacement(rest.extracting(start..<end), form)
      }
    }
    return nil
  }

  /// What stands before and after the name of a variable. Only upper case is a name where the form is short.
  private struct Form {
    let open: StaticString
    let close: StaticString
    var isShort = false
  }

  private static let forms: [Form] = [
    Form(open: "$(", close: ")"), Form(open: "$env:", close: ""),
    Form(open: "$", close: "", isShort: true),
    Form(open: "%(", close: ")s"), Form(open: "%", close: "%", isShort: true),
    Form(open: "{{ env.", close: ""), Form(open: "{{env.", close: ""),
    Form(open: "{{ ", close: " }}"),
    Form(open: "{{", close: "}}"), Form(open: "{env.", close: "}"),
    Form(open: "{", close: "}", isShort: true),
    Form(open: "os.environ/", close: ""), Form(open: "process.env.", close: ""),
    Form(open: "env:", close: "", isShort: true), Form(open: "#{", close: "}"),
  ]

  private static func replacement(_ name: Span<UInt8>, _ form: Form) -> Text? {
    let isUpper = name.indices.allSatisfy {
      !name[$0].isASCIILetter || name[$0] < UInt8(ascii: "a")
    }
    // A short form with two letters is the code of a byte in a URL: %C3%A9.
    if form.isShort, !isUpper || name.count < 3 { return nil }
    if !isUpper || name.count > 64 {
      return "the variable is not replaced in this form; write ${NAME}"
    }
    return "\(form.open)\(name)\(form.close) is not replaced by the variable; write ${\(name)}"
  }

  private static func isPartOfName(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "_")
  }
}
