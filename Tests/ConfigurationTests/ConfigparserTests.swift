import Foundation
import Testing
import TestSupport

@testable import Configuration

/// The part of the grammar that is the same in Python's configparser, on thousands of random files.
///
/// Not the same, and so not generated: continuation lines (a blank before a key), sections and keys
/// that are given twice, keys before a section, text after a section, the meaning of quotes,
/// control characters, and blanks that only Unicode has.
@Suite(.seeded) struct ConfigparserTests {
  /// `POSTERN_CONFIGPARSER` gives another number of files.
  private static let count =
    ProcessInfo.processInfo.environment["POSTERN_CONFIGPARSER"].flatMap { Int($0) } ?? 4000

  @Test func readsWhatPythonReads() throws {
    var random = SeededGenerator(stream: 1)
    let files = (0..<Self.count).map { _ in RandomFile(&random).bytes }
    let expected = try configparser(files)
    try #require(expected.count == files.count)
    for (file, expected) in zip(files, expected) {
      guard shape(INIDocument(parsing: file)) != Array(expected) else { continue }
      Issue.record("\(String(decoding: file, as: UTF8.self))")
      return
    }
  }

  /// The document in the script's format.
  private func shape(_ document: INIDocument) -> [UInt8] {
    var sections: [UInt8] = []
    var bad: [UInt8] = []
    for (index, line) in document.lines.enumerated() {
      switch line.content {
      case .blank, .comment: continue
      case .bad: bad += [0x1C] + Array("\(index + 1)".utf8)
      case .key(let name, let value):
        sections += [0x1F] + line.bytes[name] + [0x1F] + line.bytes[value]
      case .section(let type, let name):
        sections += [0x1D] + line.bytes[type.lowerBound..<(name ?? type).upperBound]
      }
    }
    return bad.isEmpty ? sections : bad
  }
}

/// A random file of the shared grammar.
private struct RandomFile {
  var bytes: [UInt8] = []

  /// The characters of keys and values: signs of the grammar in places where they have no meaning.
  private static let pieces = [
    "a", "Z", "0", "key", "header.X", "-", "_", ".", ":", "#", ";", "\"", "'", "\\", "$", "${X}",
    "%", "%(a)s", "[", "]", "é", "日本", "🙂", "{", "}", ",", "/", "!", "(", " ", "\t",
  ]

  init<Random: RandomNumberGenerator>(_ random: inout Random) {
    if Int.random(in: 0..<8, using: &random) == 0 { append("\u{FEFF}") }
    let usesCRLF = Int.random(in: 0..<4, using: &random)
    var keys = 0
    for section in 0..<Int.random(in: 0...4, using: &random) {
      appendNoise(usesCRLF, &random)
      append("[s\(section)\(["", " name", "-x y_z"].randomElement(using: &random)!)]")
      appendEnd(usesCRLF, &random)
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        appendNoise(usesCRLF, &random)
        // A key of a letter and a number is new, and not a comment or a section.
        append("k\(keys)\(text(&random).filter { $0 != "=" })")
        keys += 1
        if Int.random(in: 0..<20, using: &random) > 0 {
          append(blank(&random) + "=" + blank(&random) + value(&random) + blank(&random))
        }
        appendEnd(usesCRLF, &random)
      }
    }
    appendNoise(usesCRLF, &random)
    if Int.random(in: 0..<3, using: &random) == 0, bytes.last == 10 { bytes.removeLast() }
    if bytes.last == 13 { bytes.removeLast() }
  }

  private mutating func append(_ text: String) {
    bytes += Array(text.utf8)
  }

  private mutating func appendEnd<Random: RandomNumberGenerator>(
    _ usesCRLF: Int, _ random: inout Random
  ) {
    let isCRLF = usesCRLF == 0 || (usesCRLF == 1 && Bool.random(using: &random))
    append(isCRLF ? "\r\n" : "\n")
  }

  /// Blank lines and comments.
  private mutating func appendNoise<Random: RandomNumberGenerator>(
    _ usesCRLF: Int, _ random: inout Random
  ) {
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      append(blank(&random))
      if Bool.random(using: &random) {
        append(["#", ";"].randomElement(using: &random)! + text(&random))
      }
      appendEnd(usesCRLF, &random)
    }
  }

  private func blank<Random: RandomNumberGenerator>(_ random: inout Random) -> String {
    ["", " ", "  ", "\t", " \t "].randomElement(using: &random)!
  }

  private func text<Random: RandomNumberGenerator>(_ random: inout Random) -> String {
    (0..<Int.random(in: 0...6, using: &random)).map { _ in
      Self.pieces.randomElement(using: &random)!
    }.joined()
  }

  private func value<Random: RandomNumberGenerator>(_ random: inout Random) -> String {
    let value = text(&random)
    return Bool.random(using: &random) ? value : value + "=" + text(&random)
  }
}
