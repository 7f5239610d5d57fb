import Bytes

/// Writes the Markdown of models in the form of a service.
///
/// What is visible of the result is never longer than the Markdown, and the result is always well-formed: what does not
/// fit Markdown's rules is text. Not all of CommonMark: emphasis ends in its line.
struct Markdown {
  private let markup: Markup
  private var result: [UInt8] = []

  /// The text in the form of a service. O(n) for what models write; for any other text O(n) for each line.
  static func render(_ text: [UInt8], as markup: Markup) -> [UInt8] {
    var markdown = Markdown(markup)
    markdown.result.reserveCapacity(text.count + text.count / 4)
    markdown.blocks(text.span)
    return markdown.result
  }

  private init(_ markup: Markup) {
    self.markup = markup
  }

  // MARK: Blocks

  private mutating func blocks(_ text: Span<UInt8>) {
    var start = 0
    while start < text.count {
      if start > 0 { result.append("\n") }
      let end = Markdown.lineEnd(text, start)
      let line = text.extracting(start..<end)
      if let fence = CodeFence(line) {
        start = code(text, from: end + 1, fence)
      } else if Markdown.isRow(line), end < text.count,
        Markdown.isRow(text.extracting(end + 1..<Markdown.lineEnd(text, end + 1)))
      {
        start = run(text, from: start, while: Markdown.isRow) { table, markdown in
          markdown.markup.append(code: table, language: [], to: &markdown.result)
        }
      } else if Markdown.isQuote(line) {
        start = run(text, from: start, while: Markdown.isQuote) { quote, markdown in
          markdown.quote(quote)
        }
      } else {
        self.line(line)
        start = end + 1
      }
    }
  }

  /// Writes a block of code that begins at `start`; returns where the next line begins.
  private mutating func code(_ text: Span<UInt8>, from start: Int, _ fence: CodeFence) -> Int {
    var position = min(start, text.count)
    var end = position
    var next = position
    while position < text.count {
      let lineEnd = Markdown.lineEnd(text, position)
      next = lineEnd + 1
      if fence.isClosed(by: text.extracting(position..<lineEnd)) { break }
      end = lineEnd
      position = lineEnd + 1
    }
    let begin = min(start, end)
    let code = text.extracting(begin..<end)
    // A service refuses an empty block, or shows a strange one.
    if !code.trimmingBlanks.isEmpty {
      markup.append(code: code, language: fence.language, to: &result)
    }
    return max(next, position)
  }

  /// Writes consecutive lines of a kind; returns where the next line begins.
  private mutating func run(
    _ text: Span<UInt8>, from start: Int, while isMember: (Span<UInt8>) -> Bool,
    _ write: (Span<UInt8>, inout Markdown) -> Void
  ) -> Int {
    var end = Markdown.lineEnd(text, start)
    while end < text.count {
      let next = Markdown.lineEnd(text, end + 1)
      guard isMember(text.extracting(end + 1..<next)) else { break }
      end = next
    }
    write(text.extracting(start..<end), &self)
    return end + 1
  }

  private mutating func quote(_ lines: Span<UInt8>) {
    if markup == .telegram { result.append(markup.tag(.quote, opens: true)) }
    var start = 0
    while start <= lines.count {
      let end = Markdown.lineEnd(lines, start)
      if start > 0 { result.append("\n") }
      if markup == .slack { result.append(markup.tag(.quote, opens: true)) }
      let line = lines.extracting(start..<end).trimmingBlanks
      self.line(line.extracting(min(1, line.count)..<line.count).trimmingBlanks)
      start = end + 1
    }
    result.append(markup.tag(.quote, opens: false))
  }

  /// Writes a line that is not part of a larger block.
  private mutating func line(_ line: Span<UInt8>) {
    let text = line.trimmingBlanks
    guard !text.isEmpty else { return }
    var level = 0
    while level < text.count, text[level] == UInt8(ascii: "#") { level += 1 }
    if 1...6 ~= level, level < text.count, text[level].isBlank {
      return heading(text.extracting(level..<text.count).trimmingBlanks)
    }
    if Markdown.isRule(text) { return result.append("———") }
    if text.count > 2, text[1].isBlank, Markdown.isBullet(text[0]) {
      var indent = 0
      while line[indent].isBlank { indent += 1 }
      result.append(copying: line.extracting(0..<indent))
      result.append("•")
      return inline(text.extracting(1..<text.count), within: 0, depth: 0)
    }
    inline(line, within: 0, depth: 0)
  }

  private mutating func heading(_ text: Span<UInt8>) {
    var end = text.count
    while end > 0, text[end - 1] == UInt8(ascii: "#") { end -= 1 }
    let title = text.extracting(0..<end).trimmingBlanks
    guard !title.isEmpty else { return }
    styled(.bold, title, within: 0, depth: 0)
  }

  private static func lineEnd(_ text: Span<UInt8>, _ start: Int) -> Int {
    text.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? text.count
  }

  private static func isRow(_ line: Span<UInt8>) -> Bool {
    let text = line.trimmingBlanks
    return text.count > 2 && text[0] == UInt8(ascii: "|") && text[text.count - 1] == text[0]
  }

  private static func isQuote(_ line: Span<UInt8>) -> Bool {
    let text = line.trimmingBlanks
    return text.count > 1 && text[0] == UInt8(ascii: ">")
  }

  private static func isBullet(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "+")
  }

  private static func isRule(_ text: Span<UInt8>) -> Bool {
    var count = 0
    for index in text.indices where !text[index].isBlank {
      guard text[index] == text[0] else { return false }
      count += 1
    }
    return count >= 3
      && (text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "*")
        || text[0] == UInt8(ascii: "_"))
  }

  // MARK: Within a line

  /// Writes a styled piece of a line.
  private mutating func styled(
    _ style: Markup.Style, _ text: Span<UInt8>, within styles: UInt8, depth: Int
  ) {
    result.append(markup.tag(style, opens: true))
    inline(text, within: styles | style.rawValue, depth: depth + 1)
    result.append(markup.tag(style, opens: false))
  }

  /// Writes a piece of a line, within styles that do not begin again.
  private mutating func inline(_ text: Span<UInt8>, within styles: UInt8, depth: Int) {
    var index = 0
    // Delimiters that are known to have no end here: a search for each of many would take too long.
    var endless: UInt8 = 0
    while index < text.count {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "\\")
      where index + 1 < text.count && Markdown.isPunctuation(text[index + 1]):
        markup.append(text[index + 1], to: &result)
        index += 2
      case UInt8(ascii: "`"):
        index = codeSpan(text, at: index)
      case UInt8(ascii: "!"), UInt8(ascii: "["):
        index = link(text, at: index, within: styles, depth: depth)
      case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"):
        index = emphasis(text, at: index, within: styles, depth: depth, &endless)
      default:
        markup.append(byte, to: &result)
        index += 1
      }
    }
  }

  /// Writes code, or the backticks at `start` if they have no end; returns where it ends.
  private mutating func codeSpan(_ text: Span<UInt8>, at start: Int) -> Int {
    let length = Markdown.runLength(text, start)
    var index = start + length
    while index < text.count {
      guard text[index] == UInt8(ascii: "`") else {
        index += 1
        continue
      }
      let run = Markdown.runLength(text, index)
      if run == length, index > start + length {
        result.append(markup.tag(.code, opens: true))
        markup.append(text.extracting(start + length..<index), to: &result)
        result.append(markup.tag(.code, opens: false))
        return index + run
      }
      index += run
    }
    result.append(copying: text.extracting(start..<start + length))
    return start + length
  }

  /// Writes a link or an image, or the character at `start` if it is neither; returns where it ends.
  private mutating func link(
    _ text: Span<UInt8>, at start: Int, within styles: UInt8, depth: Int
  ) -> Int {
    let open = text[start] == UInt8(ascii: "!") ? start + 1 : start
    guard open < text.count, text[open] == UInt8(ascii: "["), depth < 4,
      let close = Markdown.closing(text, open, UInt8(ascii: "["), UInt8(ascii: "]")),
      close + 1 < text.count, text[close + 1] == UInt8(ascii: "("),
      let end = Markdown.closing(text, close + 1, UInt8(ascii: "("), UInt8(ascii: ")"))
    else {
      markup.append(text[start], to: &result)
      return start + 1
    }
    var url = text.extracting(close + 2..<end).trimmingBlanks
    if let blank = url.firstIndex(of: UInt8(ascii: " ")) { url = url.extracting(0..<blank) }
    let label = text.extracting(open + 1..<close)
    guard Markdown.isLinkable(url) else {
      inline(label, within: styles, depth: depth + 1)
      return end + 1
    }
    markup.appendLink(to: url, &result)
    if label.trimmingBlanks.isEmpty {
      markup.append(url, to: &result)
    } else {
      inline(label, within: styles, depth: depth + 4)
    }
    result.append(markup.linkEnd)
    return end + 1
  }

  /// Writes what the delimiters at `start` style, or the delimiters if they have no end; returns where it ends.
  private mutating func emphasis(
    _ text: Span<UInt8>, at start: Int, within styles: UInt8, depth: Int, _ endless: inout UInt8
  ) -> Int {
    let byte = text[start]
    let length = Markdown.runLength(text, start)
    let isStrike = byte == UInt8(ascii: "~")
    let mark: UInt8 = (isStrike ? 1 : byte == UInt8(ascii: "*") ? 2 : 4) << (length == 2 ? 3 : 0)
    var inner = start + length
    if (isStrike ? 2...2 : 1...3) ~= length, depth < 8, length == 3 || endless & mark == 0,
      inner < text.count, !text[inner].isBlank,
      byte != UInt8(ascii: "_") || start == 0 || !Markdown.isWord(text[start - 1])
    {
      if let end = Markdown.end(of: text, from: inner, byte, length) {
        let style: Markup.Style = isStrike ? .strike : length == 1 ? .italic : .bold
        let content = text.extracting(inner..<end)
        if styles & style.rawValue != 0 {
          inline(content, within: styles, depth: depth + 1)
        } else if length == 3, styles & Markup.Style.italic.rawValue == 0 {
          result.append(markup.tag(.bold, opens: true))
          styled(.italic, content, within: styles | Markup.Style.bold.rawValue, depth: depth + 1)
          result.append(markup.tag(.bold, opens: false))
        } else {
          styled(style, content, within: styles, depth: depth)
        }
        return end + length
      }
      endless |= length == 3 ? 0 : mark
    }
    inner = start + length
    result.append(copying: text.extracting(start..<inner))
    return inner
  }

  /// Where the delimiters are that end what `length` of them begin.
  private static func end(
    of text: Span<UInt8>, from start: Int, _ byte: UInt8, _ length: Int
  ) -> Int? {
    var index = start
    while index < text.count {
      if text[index] == UInt8(ascii: "\\") {
        index += 2
        continue
      }
      guard text[index] == byte else {
        index += 1
        continue
      }
      let run = runLength(text, index)
      let next = index + run
      let isFree = byte != UInt8(ascii: "_") || next == text.count || !isWord(text[next])
      if run == length, index > start, !text[index - 1].isBlank, isFree { return index }
      index = next
    }
    return nil
  }

  private static func runLength(_ text: Span<UInt8>, _ start: Int) -> Int {
    var end = start
    while end < text.count, text[end] == text[start] { end += 1 }
    return end - start
  }

  /// Where the bracket at `start` is closed: within 2048 bytes.
  private static func closing(
    _ text: Span<UInt8>, _ start: Int, _ open: UInt8, _ close: UInt8
  ) -> Int? {
    var depth = 0
    for index in start..<min(text.count, start + 2048) {
      if text[index] == open { depth += 1 }
      if text[index] == close {
        depth -= 1
        if depth == 0 { return index }
      }
    }
    return nil
  }

  private static func isLinkable(_ url: Span<UInt8>) -> Bool {
    for start in ["https://", "http://", "mailto:", "tel:", "tg://"] as [StaticString]
    where url.count > start.utf8CodeUnitCount && url.hasPrefixIgnoringCase(start) {
      return true
    }
    return false
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isASCIIDigit || byte >= 0x80
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    byte.isVisibleASCII && !byte.isASCIILetter && !byte.isASCIIDigit
  }
}
