import Foundation
import JSON
import Testing

/// What RFC 8259 allows and forbids: the texts of `Tests/Reference/json-cases`.
@Suite struct ConformanceTests {
  /// A line of the file.
  struct Case {
    let line: Int
    let isValid: Bool
    let text: [UInt8]

    /// `nil` for a comment and a blank line.
    init?(_ written: Substring, line: Int) {
      guard !written.isEmpty, !written.hasPrefix("#") else { return nil }
      self.line = line
      isValid = written.hasPrefix("valid   ")
      precondition(isValid || written.hasPrefix("invalid "), "line \(line) has no verdict")
      text = Case.bytes(written.dropFirst(8))
    }

    /// Replaces `<XX>` and `<XX*N>` by the bytes that they stand for.
    private static func bytes(_ written: Substring) -> [UInt8] {
      var text: [UInt8] = []
      var rest = written
      while let run = rest.firstMatch(of: /<([0-9A-F]{2})(?:\*([0-9]+))?>/) {
        text += Array(rest[..<run.range.lowerBound].utf8)
        let byte = UInt8(run.1, radix: 16)!
        text += Array(repeating: byte, count: run.2.map { Int($0)! } ?? 1)
        rest = rest[run.range.upperBound...]
      }
      return text + Array(rest.utf8)
    }
  }

  static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Reference/json-cases")

  @Test func agreesWithTheTable() throws {
    let written = try String(contentsOf: Self.file, encoding: .utf8)
    var counts = (valid: 0, invalid: 0)
    for (number, line) in written.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      guard let one = Case(line, line: number + 1) else { continue }
      let isAccepted = (try? JSONDocument(one.text)) != nil
      #expect(isAccepted == one.isValid, "json-cases:\(one.line): \(line.prefix(60))")
      if one.isValid { counts.valid += 1 } else { counts.invalid += 1 }
    }
    #expect(counts.valid > 200)
    #expect(counts.invalid > 500)
  }
}
