import Testing

@testable import Configuration

/// Text that was copied from a page has characters that only look like blanks, and invisible ones.
@Suite struct HiddenCharacterTests {
  @Test(
    arguments: [
      ("[log]\n\u{A0}level = info", "2", "U+00A0 in it only looks like a blank"),
      ("[log]\nlevel\u{A0}= info", "2", "U+00A0 in it only looks like a blank"),
      ("[log]\nlevel\u{200B} = info", "2", "U+200B in it is invisible; remove it"),
      ("[log]\nlevel = \u{FEFF}info", "2", "U+FEFF in it is invisible; remove it"),
      ("[log]\nlevel = info\u{2009}", "2", "U+2009 in it only looks like a blank"),
      ("[log\u{AD}]", "1", "U+00AD in it is invisible; remove it"),
      ("[bot\u{A0}support]", "1", "U+00A0 in it only looks like a blank"),
      ("[bot sup\u{2060}port]", "1", "U+2060 in it is invisible; remove it"),
      ("[log]\n\u{3000}# comment", "2", "U+3000 in it only looks like a blank"),
      ("[integration a]\ntimeout = 30\u{202F}s", "2", "U+202F in it only looks like a blank"),
    ])
  func isNamed(text: String, line: String, advice: String) {
    let lines = load(text).lines.filter { $0.contains("U+") }
    #expect(lines.count == 1)
    #expect(lines.first?.hasPrefix("\(line): ") == true)
    #expect(lines.first?.contains(advice) == true)
  }

  /// Other letters get no such advice, and texts for people may have any.
  @Test(arguments: ["[lög]", "[log]\nlével = info", "[bot a]\nsystem = Bonjour\u{A0}!", "[bot 模型]"])
  func othersAreLeftAlone(text: String) {
    #expect(load(text).lines.allSatisfy { !$0.contains("U+") })
  }
}
