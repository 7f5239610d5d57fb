import Testing

@testable import Channels

@Suite struct SplitterTests {
  private func parts(_ text: String, limit: Int) -> [String] {
    ReplySplitter(limit: limit).parts(of: Array(text.utf8)).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  @Test(arguments: [
    ("", []), ("  \n\n ", []), ("Hello", ["Hello"]), ("\n\nHello\n\n", ["Hello"]),
    ("  - a\n  - b", ["  - a\n  - b"]),
  ])
  func leavesShortTextsAlone(text: String, parts: [String]) {
    #expect(self.parts(text, limit: 4096) == parts)
  }

  /// A text of exactly the limit, of one more, and of characters that take two code units.
  @Test func countsCodeUnits() {
    for (unit, size) in [("a", 1), ("é", 1), ("好", 1), ("😀", 2)] {
      let whole = String(repeating: unit, count: 4096 / size)
      #expect(parts(whole, limit: 4096) == [whole])
      let more = parts(whole + unit, limit: 4096)
      #expect(more.count == 2 && more.joined() == whole + unit)
    }
  }

  @Test func prefersParagraphsThenLinesThenWords() {
    let words = String(repeating: "word ", count: 50)
    #expect(parts("\(words)\n\n\(words)\n\n\(words)", limit: 600).count == 2)
    let paragraphs = parts("\(words)\n\n\(words)\n\n\(words)", limit: 600)
    #expect(paragraphs[0].hasSuffix("word") && paragraphs[0].contains("\n\n"))
    let lines = parts("\(words)\n\(words)\n\(words)", limit: 600)
    #expect(lines[0].utf8.count > 400 && lines[1].hasPrefix("word"))
    let line = parts(String(repeating: "abcdefghi ", count: 100), limit: 400)
    #expect(line.allSatisfy { $0.hasPrefix("abcdefghi") && $0.hasSuffix("abcdefghi") })
  }

  /// Each part of a block of code is a whole block.
  @Test func closesAndReopensCode() {
    let code = (0..<200).map { "let value\($0) = \($0)" }.joined(separator: "\n")
    let parts = parts("Look:\n\n```swift\n\(code)\n```\n\nDone.", limit: 700)
    #expect(parts.count > 3)
    for part in parts {
      #expect(part.utf16.count <= 700)
      #expect(part.components(separatedBy: "```").count % 2 == 1, "\(part)")
    }
    #expect(parts[2].hasPrefix("```swift\nlet value") && parts[2].hasSuffix("\n```"))
    let lines = parts.joined(separator: "\n").split(separator: "\n")
    for index in 0..<200 { #expect(lines.contains("let value\(index) = \(index)")) }
    #expect(!parts.contains("```swift\n```"))
  }

  /// Whatever the text: no part is too long or empty, and nothing but blank space and fences is lost or added.
  @Test func propertyOfRandomTexts() {
    var random = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0...UInt64.max, using: &random)
    var generator = SplitMix(state: seed)
    let pieces = [
      "a", "word ", "\n", "\n\n", "```\n", "```js\n", "~~~\n", "😀", "👨‍👩‍👧‍👦", "🇩🇪", "é", "e\u{301}", "  ",
      "好",
      "`x`", String(repeating: "x", count: 70),
    ]
    for _ in 0..<300 {
      var text = ""
      for _ in 0..<Int.random(in: 0...400, using: &generator) {
        text += pieces.randomElement(using: &generator)!
      }
      let limit = Int.random(in: 256...600, using: &generator)
      let parts = parts(text, limit: limit)
      for part in parts {
        #expect(part.utf16.count <= limit, "seed \(seed)")
        #expect(!part.isEmpty && !part.contains("\u{FFFD}"), "seed \(seed)")
      }
      let plain = { (text: String) in
        text.unicodeScalars.filter { !" \n`~js".unicodeScalars.contains($0) }.map { $0.value }
      }
      #expect(parts.flatMap { plain($0) } == plain(text), "seed \(seed)")
    }
  }

  @Test func keepsCharactersWhole() {
    for unit in ["👨‍👩‍👧‍👦", "🇩🇪", "e\u{301}", "👍🏽", "❤️"] {
      for shift in 0..<12 {
        let text = String(repeating: "x", count: shift) + String(repeating: unit, count: 300)
        for part in parts(text, limit: 400) {
          #expect(part.drop { $0 == "x" }.allSatisfy { String($0) == unit }, "\(unit) \(shift)")
        }
      }
    }
  }
}

/// A generator that repeats; https://prng.di.unimi.it/splitmix64.c
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
