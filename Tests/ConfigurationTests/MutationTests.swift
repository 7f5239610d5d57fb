import Foundation
import Testing
import TestSupport

@testable import Configuration

/// Random mutations of a file: bytes changed, removed or doubled, and lines moved.
@Suite(.seeded) struct MutationTests {
  /// `POSTERN_MUTATIONS` gives another number of files.
  private static let count =
    ProcessInfo.processInfo.environment["POSTERN_MUTATIONS"].flatMap { Int($0) } ?? 300

  /// Bytes that have a meaning in the grammar, and some that must not have one.
  private static let interesting =
    Array("[]=#;\"\\${}\r\n\t ,/:.%@-0123ksmhKMG*".utf8)
    + [0, 0x1B, 0x7F, 0x80, 0xC2, 0xEF, 0xFF]

  @Test func anyBytesGiveLinesAndFindings() throws {
    var random = SeededGenerator(stream: 7)
    let sources = ConfigurationSources(everything.variables, files: everything.files)
    for round in 0..<Self.count {
      let bytes = mutation(of: Array(everything.text.utf8), &random)
      let document = INIDocument(parsing: bytes)
      try #require(document.bytes == bytes, "round \(round)")
      let report = Configuration.load(bytes, from: sources)
      let hasErrors = report.findings.contains { $0.severity == .error }
      try #require((report.configuration == nil) == hasErrors, "round \(round)")
      var last = 1
      for finding in report.findings {
        try #require(finding.line >= last && finding.line <= document.lines.count, "round \(round)")
        try #require(
          !finding.message.bytes.isEmpty && !finding.message.bytes.contains(10), "round \(round)")
        try #require(
          String(validating: finding.message.bytes, as: UTF8.self) != nil, "round \(round)")
        last = finding.line
      }
      if report.configuration != nil {
        let again = Configuration.load(report.effectiveText(), from: sources)
        let errors = again.findings.filter { $0.severity == .error }
        // Masks aside, the effective text is valid.
        let masked = errors.allSatisfy { finding in
          let line = INIDocument(parsing: report.effectiveText()).lines[finding.line - 1]
          return String(decoding: line.bytes, as: UTF8.self).contains("****")
        }
        try #require(masked, "round \(round)")
      }
    }
  }

  private func mutation(of text: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = text
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      guard !bytes.isEmpty else { break }
      let index = Int.random(in: 0..<bytes.count, using: &random)
      let end = min(bytes.count, index + Int.random(in: 1...40, using: &random))
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[index] = Self.interesting.randomElement(using: &random)!
      case 1: bytes.insert(Self.interesting.randomElement(using: &random)!, at: index)
      case 2: bytes.remove(at: index)
      case 3: bytes.removeSubrange(index..<end)
      case 4:
        bytes.insert(
          contentsOf: bytes[index..<end], at: Int.random(in: 0...bytes.count, using: &random))
      default: bytes[index] = UInt8.random(in: 0...255, using: &random)
      }
    }
    return bytes
  }

  /// Lines that take long to read if each is compared with all others.
  @Test(arguments: [
    "\n", "x\n", "[b]\n", "[bot]\n", "[bot a\n", "x=${\n", "\u{0}\n", "[\n", "=\n",
  ])
  func timeGrowsAsTheNumberOfShortLines(line: String) {
    let growth = growth(from: 1500) { count in
      let text = "[integration a]\n" + String(repeating: line, count: count)
      let document = INIDocument(parsing: Array(text.utf8))
      #expect(document.lines.count == 1 + count)
      #expect(load(text).findings.count <= 2 + count)
    }
    #expect(growth < 8)
  }

  /// Names that take long to read if each is compared with all others.
  @Test(arguments: [
    ("", "[bot a", "]\n"), ("", "[integration a", "]\n"),
    ("[integration a]\n", "header.a", "=1\n"), ("[integration a]\n", "param.a", "=1\n"),
    ("[integration a]\n", "wieght", "=1\n"),
  ])
  func timeGrowsAsTheNumberOfNames(start: String, before: String, after: String) {
    let growth = growth(from: 1000) { count in
      let lines = (0..<count).map { "\(before)\($0)\(after)" }
      #expect(load(start + lines.joined()).findings.count <= 2 + count)
    }
    #expect(growth < 8)
  }
}
