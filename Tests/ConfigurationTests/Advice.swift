import Testing

@testable import Configuration

/// A file with one thing wrong in it, and what its only finding must say.
struct Advice: CustomTestStringConvertible, Sendable {
  /// The file.
  let text: String
  /// The line, then `!` for an error or `?` for a warning, then words of the message, with `|` between them.
  let expected: String

  init(_ text: String, _ expected: String) {
    self.text = text
    self.expected = expected
  }

  var testDescription: String { text }

  /// Expects exactly one finding, with the line and the words.
  func check(variables: [String: String] = ["KEY": "0123456789abcdef"]) {
    let report = load(text, variables)
    let lines = report.lines
    #expect(lines.count == 1, "\(text)\n\(lines)")
    guard let finding = report.findings.first,
      let mark = expected.firstIndex(where: { $0 == "!" || $0 == "?" })
    else { return }
    #expect("\(finding.line)" == expected[..<mark], "\(text)\n\(lines)")
    let severity: Finding.Severity = expected[mark] == "!" ? .error : .warning
    #expect(finding.severity == severity, "\(text)\n\(lines)")
    for words in expected[expected.index(after: mark)...].split(separator: "|") {
      #expect("\(finding.message)".contains(words), "\(text)\n\(lines)")
    }
  }
}

extension Advice {
  /// Advice about one line of a sound integration, whose first lines are these five.
  static func integration(_ line: String, _ expected: String) -> Advice {
    let key =
      line.hasPrefix("header.Authorization")
      ? "header.X = y" : "header.Authorization = Bearer ${KEY}"
    return Advice(
      """
      [integration a]
      type = openai
      webhook_url = https://api.example.com/v1/chat/completions
      \(key)
      \(line.hasPrefix("model") ? "weight = 2" : "model = m")
      \(line)
      """, "6" + expected)
  }
}
