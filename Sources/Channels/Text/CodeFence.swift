import Bytes

/// The line that opens a block of code in Markdown; https://spec.commonmark.org/0.31.2/#fenced-code-blocks
struct CodeFence {
  /// The line, without blanks around it.
  let line: [UInt8]
  /// How many characters the fence has.
  private let length: Int

  /// The most bytes that are kept of its line.
  static let longest = 64

  /// The fence that a line opens; `nil` for any other line.
  init?(_ line: Span<UInt8>) {
    let text = line.trimmingBlanks
    guard !text.isEmpty, text[0] == UInt8(ascii: "`") || text[0] == UInt8(ascii: "~") else {
      return nil
    }
    length = CodeFence.run(text)
    guard 3...CodeFence.longest ~= length else { return nil }
    // Backticks later in the line make it code within a line.
    for index in length..<text.count
    where text[0] == UInt8(ascii: "`") && text[index] == text[0] { return nil }
    self.line = text.extracting(first: CodeFence.longest).copied
  }

  /// The language that it names; empty for none.
  var language: [UInt8] {
    let name = line.span.extracting(length..<line.count).trimmingBlanks
    var end = 0
    while end < name.count, !name[end].isBlank { end += 1 }
    return name.extracting(0..<end).copied
  }

  /// What closes the block.
  var closing: [UInt8] { [UInt8](repeating: line[0], count: length) }

  /// Whether a line closes the block.
  func isClosed(by line: Span<UInt8>) -> Bool {
    let text = line.trimmingBlanks
    return text.count >= length && text[0] == self.line[0] && CodeFence.run(text) == text.count
  }

  private static func run(_ text: Span<UInt8>) -> Int {
    var count = 0
    while count < text.count, text[count] == text[0] { count += 1 }
    return count
  }
}

extension CodeFence? {
  /// Goes past a line.
  mutating func pass(_ line: Span<UInt8>) {
    if let fence = self {
      if fence.isClosed(by: line) { self = nil }
    } else {
      self = CodeFence(line)
    }
  }
}
