/// Literals that serve as tables of words.
extension StaticString {
  /// The lines of a literal that serves as a table. A literal takes less room in the binary than an array.
  package var rows: [[UInt8]] {
    var rows: [[UInt8]] = []
    var start = 0
    while start < utf8CodeUnitCount {
      let end = span.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? utf8CodeUnitCount
      rows.append(span.extracting(start..<end).copied)
      start = end + 1
    }
    return rows
  }

  /// What a table of lines `word word …=value` has for a word.
  package func value(of word: Span<UInt8>) -> [UInt8]? {
    var (start, isName) = (0, true)
    var isFound = false
    for index in 0..<utf8CodeUnitCount + 1 {
      let byte = index < utf8CodeUnitCount ? utf8Start[index] : UInt8(ascii: "\n")
      if byte == UInt8(ascii: "\n") {
        if isFound { return span.extracting(start..<index).copied }
        (start, isName) = (index + 1, true)
      } else if isName, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "=") {
        if index - start == word.count, span.extracting(start..<index).equals(word) {
          isFound = true
        }
        start = index + 1
        isName = byte == UInt8(ascii: " ")
      }
    }
    return nil
  }
}
