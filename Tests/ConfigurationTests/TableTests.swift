import Testing

@testable import Configuration
@testable import Documentation

/// That each setting is a row bound to its field.
@Suite struct TableTests {
  @Test func takesEverythingAtOnce() {
    let report = load(everything.text, everything.variables, files: everything.files)
    #expect(report.lines == [])
    #expect(report.configuration != nil)
  }

  /// Leaves out each line of a file that sets everything, and expects to see it in the configuration. A
  /// failure names the setting whose row fills no field, or that `everything` does not set.
  @Test func everyRowFillsAField() throws {
    let lines = everything.text.split(separator: "\n", omittingEmptySubsequences: false)
    let whole = load(everything.text, everything.variables, files: everything.files).dumped
    var seen: Set<String> = []
    for index in lines.indices {
      guard let equals = lines[index].firstIndex(of: "=") else { continue }
      let key = lines[index][..<equals].trimming()
      seen.insert(key)
      var rest = lines
      rest[index] = "# \(lines[index])"
      let report = load(
        rest.joined(separator: "\n"), everything.variables, files: everything.files)
      #expect(report.dumped != whole, "the row of '\(key)' fills no field")
    }
    for kind in SectionKind.allCases {
      for setting in kind.settings {
        #expect(
          seen.contains { setting.matches(Array($0.utf8).span) },
          "Everything.swift sets no '\(setting.name)' of [\(kind.type)]")
      }
    }
  }

  /// Every stored property differs between the smallest file and one that sets everything. A failure names
  /// the property that no row is bound to.
  @Test func everyFieldHasARow() throws {
    let blank = try #require(
      load(
        "[key a]\nsecret = 0123456789abcdef\n[bot b]\n[integration c]\ntype = echo\n[channel d]\ntoken = 1:x"
      )
      .configuration)
    let full = try #require(
      load(everything.text, everything.variables, files: everything.files).configuration)
    var missing = Set<String>()
    for (one, others) in [
      (blank.server as Any, [full.server as Any]), (blank.context, [full.context]),
      (blank.limits, [full.limits]), (blank.recorder, [full.recorder]),
      (blank.outbox, [full.outbox]),
      (blank.log, [full.log]), (blank.keys[0], full.keys),
      (blank.channels[0], full.channels), (blank.bots[0], full.bots),
      (blank.integrations[0], full.integrations),
    ] {
      let fields = others.map { Mirror(reflecting: $0).children }
      for (index, field) in Mirror(reflecting: one).children.enumerated() {
        let isSet = fields.contains { children in
          let other = children[children.index(children.startIndex, offsetBy: index)]
          return "\(other.value)" != "\(field.value)"
        }
        if !isSet { missing.insert("\(type(of: one)).\(field.label ?? "")") }
      }
    }
    #expect(
      missing == [], "no row is bound to these properties, or Everything.swift does not set them")
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
