import Configuration
import Testing
import TestSupport

@testable import Storage

/// Which sections an edit has changed.
@Suite struct ChangedSectionsTests {
  private static let before = "[server]\nlisten = 8080\n\n[bot a]\nname = A\n\n[bot b]\nname = B\n"

  @Test(
    arguments: [
      (before, ""),
      ("; a comment\n[server]\r\n  listen = 8080\n[bot b]\nname = B\n[bot a]\nname = A", ""),
      ("[server]\nlisten = 8081\n[bot a]\nname = A\n[bot b]\nname = B\n", "[server]"),
      ("[server]\nlisten = 8080\n[bot a]\nname = A\n", "[bot b]"),
      ("[bot c]\n" + before, "[bot c]"),
      ("[server]\nlisten = 8080\n[bot a]\nname = B\n[bot c]\n", "[bot a], [bot c], [bot b]"),
      ("", "[server], [bot a], [bot b]"),
    ])
  func namesThem(after: String, names: String) {
    let changed = ChangedSections(of: bytes(Self.before)).names(
      changedTo: ChangedSections(of: bytes(after)))
    #expect(text(changed) == names)
  }

  @Test func namesNothingOfAFileWithoutSections() {
    let text = bytes(Self.before)
    let layers = ConfigurationLayers(
      name: [],
      above: ["# nothing\n", "[log]\nlevel = debug\n"].map {
        ConfigurationLayers.Layer(path: bytes($0), file: .contents(bytes($0)))
      })
    for (old, new) in [(ConfigurationLayers(name: []), layers), (layers, .init(name: []))] {
      let changed = ChangedSections(of: text, old).names(changedTo: ChangedSections(of: text, new))
      #expect(TestSupport.text(changed) == "[log]")
    }
  }

  @Test func namesTwentyAtMost() {
    let many = (1...30).map { "[bot b\($0)]\n" }.joined()
    let changed = ChangedSections(of: []).names(changedTo: ChangedSections(of: bytes(many)))
    #expect(text(changed).split(separator: ",").count == 21)
    #expect(text(changed).hasSuffix("[bot b20], …"))
  }
}
