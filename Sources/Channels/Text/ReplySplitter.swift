import Bytes

/// Cuts a reply, Markdown in UTF-8, into parts that are as long as a service takes.
///
/// It cuts between paragraphs, else lines, else words, else where no character falls apart. A block of code that goes on
/// in the next part is closed and opened again.
struct ReplySplitter {
  /// The most UTF-16 code units of a part, 256 or more.
  let limit: Int

  /// The parts, without blank lines around them; none is empty. O(n).
  func parts(of text: [UInt8]) -> [[UInt8]] {
    let text = text.span
    var parts: [[UInt8]] = []
    var fence: CodeFence?
    var start = ReplySplitter.skipBlankLines(of: text, from: 0)
    while start < text.count {
      var part = fence.map { $0.line + [UInt8(ascii: "\n")] } ?? []
      let end = end(in: text, from: start, fence, room: limit - part.count)
      part.append(copying: text.extracting(start..<end))
      ReplySplitter.note(text.extracting(start..<end), in: &fence)
      while let last = part.last, last.isBlank || last == UInt8(ascii: "\n") { part.removeLast() }
      var next = ReplySplitter.skipBlankLines(of: text, from: end)
      if let open = fence, next < text.count {
        part.append("\n")
        part += open.closing
        // The next part would begin with an empty block.
        let line = next..<(text.firstIndex(of: UInt8(ascii: "\n"), from: next) ?? text.count)
        if open.isClosed(by: text.extracting(line)) {
          fence = nil
          next = ReplySplitter.skipBlankLines(of: text, from: line.upperBound)
        }
      }
      if !part.isEmpty { parts.append(part) }
      start = next
    }
    return parts
  }

  /// Where a part ends that begins at `start` and has room for `room` code units.
  private func end(in text: Span<UInt8>, from start: Int, _ fence: CodeFence?, room: Int) -> Int {
    // The last part needs no room for the end of a block of code.
    let budget = room - 1 - CodeFence.longest
    var (units, index) = (0, start)
    var fence = fence
    var lineStart = start
    var (paragraph, line, word, character) = (start, start, start, start)
    while index < text.count {
      let length = text.utf8SequenceLength(at: index) ?? 1
      units += length == 4 ? 2 : 1
      if units > room { break }
      let byte = text[index]
      index += length
      guard units <= budget else { continue }
      if byte == UInt8(ascii: "\n") {
        fence.pass(text.extracting(lineStart..<index - 1))
        lineStart = index
        line = index
        if fence == nil, index < text.count, text[index] == byte { paragraph = index }
      } else if byte.isBlank {
        word = index
      } else if !Grapheme.isWithin(text, from: start, at: index) {
        character = index
      }
    }
    if units <= room { return text.count }
    // A part that is much too short is worse than a cut within a paragraph.
    let least = start + (index - start) / 3
    for cut in [paragraph, line, word, character] where cut > least { return cut }
    return max(paragraph, line, word, character, start + 1)
  }

  /// Follows the blocks of code over whole lines.
  private static func note(_ text: Span<UInt8>, in fence: inout CodeFence?) {
    var start = 0
    while start < text.count {
      let end = text.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? text.count
      fence.pass(text.extracting(start..<end))
      start = end + 1
    }
  }

  /// The beginning of the first line at or after `start` that is not blank.
  private static func skipBlankLines(of text: Span<UInt8>, from start: Int) -> Int {
    var lineStart = start
    var index = start
    while index < text.count, text[index].isBlank || text[index] == UInt8(ascii: "\n") {
      index += 1
      if text[index - 1] == UInt8(ascii: "\n") { lineStart = index }
    }
    return index == text.count ? index : lineStart
  }
}
