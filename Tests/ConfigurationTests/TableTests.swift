import Testing

@testable import Configuration
@testable import Documentation

/// That the settings table and the typed settings are about the same.
@Suite struct TableTests {
  @Test func takesEverythingAtOnce() {
    let report = load(everything.text, everything.variables, files: everything.files)
    #expect(report.lines == [])
    #expect(report.configuration != nil)
  }

  /// Leaves out each line of a file that sets everything, and expects to see it in the configuration: so
  /// each setting reaches a field.
  @Test func everySettingIsInForce() throws {
    let lines = everything.text.split(separator: "\n", omittingEmptySubsequences: false)
    let whole = load(everything.text, everything.variables, files: everything.files).dumped
    // What is only read to check another, or cannot be left out of a valid file.
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

  /// The rows of each kind, each under a name of its own that no family takes.
  @Test(arguments: SectionKind.allCases)
  func rowsAreDistinct(kind: SectionKind) {
    for (row, setting) in kind.settings.enumerated() {
      #expect(kind.setting(for: Array("\(setting.name)".utf8).span) == row)
      #expect(kind.row(of: setting.name) == row)
    }
  }

  /// No setting has both a default and what holds without one, and each without a default says what does.
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
