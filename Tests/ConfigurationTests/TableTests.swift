import Testing

@testable import Configuration
@testable import Documentation

/// The settings table and the typed settings agree.
@Suite struct TableTests {
  @Test func takesEverythingAtOnce() {
    let report = load(everything.text, everything.variables, files: everything.files)
    #expect(report.lines == [])
    #expect(report.configuration != nil)
  }

  /// Removes each line of a file that sets everything, and expects a difference in the
  /// configuration: so each setting reaches a field.
  @Test func everySettingIsInForce() throws {
    let lines = everything.text.split(separator: "\n", omittingEmptySubsequences: false)
    let whole = load(everything.text, everything.variables, files: everything.files).dumped
    // Settings that only check another one, or that a valid file must have.
    let exceptions = ["allow_http"]
    var seen: Set<String> = []
    for index in lines.indices {
      guard let equals = lines[index].firstIndex(of: "=") else { continue }
      let key = lines[index][..<equals].trimming()
      seen.insert(key)
      var rest = lines
      rest[index] = "# \(lines[index])"
      let report = load(
        rest.joined(separator: "\n"), everything.variables, files: everything.files)
      if !exceptions.contains(key) { #expect(report.dumped != whole, "\(key)") }
    }
    for kind in SectionKind.allCases {
      for setting in kind.settings {
        #expect(seen.contains { setting.matches(Array($0.utf8).span) }, "\(setting.name)")
      }
    }
  }

  /// The rows of each kind, each under a name of its own that is not the name of a family.
  @Test(arguments: SectionKind.allCases)
  func rowsAreDistinct(kind: SectionKind) {
    for (row, setting) in kind.settings.enumerated() {
      #expect(kind.setting(for: Array("\(setting.name)".utf8).span) == row)
      #expect(kind.row(of: setting.name) == row)
    }
  }

  /// No setting has both a default and a text about its absence; each without a default has that
  /// text.
  @Test(arguments: SectionKind.allCases)
  func rowsAreDocumented(kind: SectionKind) {
    for setting in kind.settings {
      let documentation = setting.documentation
      #expect("\(documentation.summary)".hasSuffix("."))
      #expect(!"\(setting.sampleLine)".hasSuffix("= "), "\(setting.name)")
      #expect(
        setting.isFamily || "\(setting.standard)".isEmpty != "\(documentation.absence)".isEmpty,
        "\(setting.name)")
    }
  }
}

extension Substring {
  func trimming() -> String {
    String(self).replacing(" ", with: "")
  }
}
