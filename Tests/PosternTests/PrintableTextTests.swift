import Bytes
import Testing
import TestSupport

@testable import Postern

/// What a terminal is shown.
@Suite struct PrintableTextTests {
  @Test(
    arguments: [
      ("plain — ä 🙂", "plain — ä 🙂"), ("a\tb", "a b"), ("a\nb\r\nc", "a|b|c"), ("a\rb", "a?b"),
      ("\u{1B}[2Jx", "?[2Jx"), ("\u{7F}\u{0}", "??"), ("\u{9B}31m\u{85}", "?31m?"),
      ("\u{A0}\u{AD}", "\u{A0}\u{AD}"), ("\u{202E}abc\u{202C}", "?abc?"),
      ("\u{2066}\u{200F}", "??"),
      ("\u{2013}\u{2026}", "\u{2013}\u{2026}"), ("", ""),
    ])
  func hasNothingThatATerminalObeys(words: String, shown: String) {
    var output: [UInt8] = []
    output.append(printable: bytes(words), lineBreak: "|")
    #expect(text(output) == shown)
  }

  @Test func linesAreCutAndWrappedAtCharacters() {
    let line = StyledLine("ab cd ef")
    #expect(text(line.cut(to: 4).bytes) == "ab c")
    #expect(line.wrapped(to: 20, indentation: 1).map { text($0.bytes) } == ["ab cd ef"])
    let long = StyledLine("one two three four").wrapped(to: 12, indentation: 2)
    #expect(long.map { text($0.bytes) } == ["one two", "  three four"])
    // One column for each letter, two for each wide character.
    #expect(text(StyledLine("äöü").cut(to: 2).bytes) == "äö")
    #expect(text(StyledLine("日本").cut(to: 3).bytes) == "日")
    let word = StyledLine(Text([UInt8](repeating: 120, count: 30))).wrapped(to: 12, indentation: 2)
    #expect(word.map { $0.bytes.count } == [12, 12, 10])
  }

  @Test(arguments: [
    (0, "0ms"), (999, "999ms"), (1000, "1.0s"), (9999, "9.9s"), (10_000, "10s"), (119_999, "119s"),
    (120_000, "2m"), (7_200_000, "2h"), (172_800_000, "2d"), (-5, "0ms"),
  ])
  func durationsAreShort(milliseconds: Int, shown: String) {
    #expect(text(ShortText.duration(milliseconds).bytes) == shown)
  }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (90_112, "88.0 KB"), (4_190_208, "4.0 MB"), (4 << 20, "4.0 MB"),
  ])
  func sizesAreShort(count: Int, shown: String) {
    #expect(text(ShortText.bytes(count).bytes) == shown)
  }
}
