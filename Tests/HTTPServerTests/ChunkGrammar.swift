import Foundation

/// The grammar of RFC 9112 section 7.1, read from a whole text by regular expressions, as another parser would.
enum ChunkGrammar {
  private static let token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
  private static let quoted =
    #""(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*""#

  /// The data of a body and how many bytes it takes of the text; `nil` for one that is invalid or not whole.
  static func body(_ text: [UInt8]) -> (data: [UInt8], count: Int)? {
    var data: [UInt8] = []
    var position = 0
    while true {
      guard let end = lineEnd(text, position), let size = size(text[position..<end]) else {
        return nil
      }
      position = end + 2
      if size == 0 { break }
      guard size <= text.count - position - 2 else { return nil }
      data += text[position..<position + size]
      position += size
      guard text[position] == 13, text[position + 1] == 10 else { return nil }
      position += 2
    }
    while true {
      guard let end = lineEnd(text, position) else { return nil }
      let line = Array(text[position..<end])
      position = end + 2
      if line.isEmpty { return (data, position) }
      guard isField(line) else { return nil }
    }
  }

  /// Where the line ends that begins at `start`: at CR LF, with neither of them before.
  private static func lineEnd(_ text: [UInt8], _ start: Int) -> Int? {
    guard let end = text[start...].firstIndex(where: { $0 == 13 || $0 == 10 }) else { return nil }
    return end + 1 < text.count && text[end] == 13 && text[end + 1] == 10 ? end : nil
  }

  private static func size(_ line: ArraySlice<UInt8>) -> Int? {
    let digits = line.prefix { "0123456789abcdefABCDEF".utf8.contains($0) }
    guard 1...16 ~= digits.count, let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return nil }
    let rest = latin1(line.dropFirst(digits.count))
    let pattern =
      "\\A(?:;[ \\t]*\(token)(?:[ \\t]*=[ \\t]*(?:\(token)|\(quoted)))?(?:[ \\t]+(?=;))?)*\\z"
    return rest.range(of: pattern, options: .regularExpression) != nil ? size : nil
  }

  private static func isField(_ line: [UInt8]) -> Bool {
    let text = latin1(line[...])
    guard
      text.range(of: "\\A\(token):[\\t\\x20-\\x7e\\x80-\\xff]*\\z", options: .regularExpression)
        != nil
    else { return false }
    let name = text.prefix { $0 != ":" }.lowercased()
    return !["host", "content-length", "transfer-encoding", "expect"].contains(name)
  }

  private static func latin1(_ bytes: ArraySlice<UInt8>) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }
}
