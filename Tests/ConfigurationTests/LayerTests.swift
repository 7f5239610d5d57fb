import Bytes
import Testing

@testable import Configuration

/// A configuration file with files under and over it.
@Suite struct LayerTests {
  private struct Files {
    var below = ""
    var own = ""
    var above: [(String, String)] = []
    var environment: [String: String] = [:]
    var leavesUnresolved = false

    var sources: ConfigurationSources {
      let plain = ConfigurationSources(environment)
      return ConfigurationSources(
        environment: plain.environment, file: plain.file,
        layers: {
          ConfigurationLayers(
            name: Array("own".utf8),
            below: below.isEmpty ? [] : [layer("below", below)],
            above: above.map { layer($0.0, $0.1) })
        }, leavesUnresolved: leavesUnresolved)
    }

    func report() -> ConfigurationReport { .load(own, sources) }

    /// `FILE:LINE: message` of each finding.
    var messages: [String] {
      String(decoding: report().messages(file: Array("own".utf8)), as: UTF8.self)
        .split(separator: "\n").map(String.init)
    }

    private func layer(_ name: String, _ text: String) -> ConfigurationLayers.Layer {
      ConfigurationLayers.Layer(path: Array(name.utf8), file: .contents(Array(text.utf8)))
    }
  }

  @Test func theLastValueApplies() throws {
    let files = Files(
      below: "[context]\nwindow = 3\n[bot a]\nname = Below\nwindow = 4\n",
      own: "[bot a]\nname = Own\n[bot b]\n",
      above: [("1", "[bot a]\nwindow = 6\n"), ("2", "[bot b]\nwindow = 7\n[bot c]\n")])
    let configuration = try #require(files.report().configuration)
    #expect(files.messages == [])
    #expect(configuration.bots.map { String(decoding: $0.id, as: UTF8.self) } == ["a", "b", "c"])
    #expect(configuration.bots.map(\.window) == [6, 7, 3])
    #expect(String(decoding: configuration.bots[0].name, as: UTF8.self) == "Own")
  }

  @Test func headerFieldsAreReplacedWhateverTheirCase() throws {
    let files = Files(
      below: """
        [bot a]
        [integration i]
        type = custom
        webhook_url = https://example.com/
        header.X-Key = below
        header.Y = 1
        """,
      own: "[integration i]\nheader.x-key = own")
    let integration = try #require(files.report().configuration).integrations[0]
    let fields = integration.headers.map { String(decoding: $0.name + $0.text, as: UTF8.self) }
    #expect(fields == ["Y1", "x-keyown"])
  }

  @Test(
    arguments: [
      // A duplicate is an error within one file only.
      (
        "[log]\nlevel = info\n", "[log]\nlevel = error\n\n[log]\nlevel = info\nlevel = debug\n",
        [
          "own:4: [log] was already given at line 1",
          "own:6: 'level' was already given at line 5",
        ]
      ),
      (
        "[log]\n", "[log]\nlevel = info\nlevel = info",
        ["own:3: 'level' was already given at line 2"]
      ),
      // Each error has its file and the line there, in the order of the files.
      (
        "\n[log]\nlevl = info\n", "[server]\nlisten = x",
        [
          "below:3: unknown key 'levl' in [log]; did you mean 'level'?",
          "own:2: listen: 'x' is not an address to listen on",
        ]
      ),
      // The end of a section is the end of its file.
      (
        "[bot a]\n", "name = x",
        ["own:1: the key 'name' is not in a section; move it below a [section] line"]
      ),
      // References to lines of another file.
      (
        "[key a]\nsecret = 0123456789\n", "\n[key b]\nsecret = 0123456789\n",
        ["own:3: secret: [key a] has the same at below:2"]
      ),
      // The section's own file is told of what it lacks.
      (
        "[bot a]\n[integration i]\ntimeout = 5s", "[integration i]\ntype = openai\nmodel = m",
        ["own:1: [integration i] needs 'webhook_url'"]
      ),
      // The two ways to give a bot's text replace each other.
      ("[bot a]\nsystem_file = /none", "[bot a]\nsystem = x", []),
      (
        "[bot a]\nsystem = x", "[bot a]\nsystem_file = /none",
        ["own:2: system_file: /none cannot be read: No such file"]
      ),
    ])
  func findingsNameTheirFile(below: String, own: String, expected: [String]) {
    let messages = Files(below: below, own: own).messages
    #expect(messages.filter { !$0.contains("warning") }.map(shortened) == expected.map(shortened))
  }

  private func shortened(_ message: String) -> String { String(message.prefix(45)) }

  @Test func aReplacedReferenceNeedsNoValue() {
    let below = "[bot a]\nname = ${NONE}\n"
    #expect(Files(below: below).messages.count == 1)
    #expect(Files(below: below, own: "[bot a]\nname = x").messages == [])
    var unresolved = Files(below: below)
    unresolved.leavesUnresolved = true
    #expect(unresolved.report().unresolved == 1)
    unresolved.own = "[bot a]\nname = x"
    #expect(unresolved.report().unresolved == 0)
  }

  @Test func anUnreadableFileIsAnError() {
    let plain = ConfigurationSources([:])
    let sources = ConfigurationSources(
      environment: plain.environment, file: plain.file,
      layers: {
        ConfigurationLayers(
          name: [],
          above: [
            ConfigurationLayers.Layer(
              path: Array("/a".utf8), file: .unreadable(reason: Array("Permission denied".utf8)))
          ])
      })
    let report = ConfigurationReport.load("[log]\n", sources)
    #expect(!report.isValid)
    #expect(
      String(decoding: report.messages(file: []), as: UTF8.self)
        == "/a:1: the file cannot be read: Permission denied\n")
    #expect(report.files.map(\.path) == [Array("/a".utf8)])
  }

  @Test func printShowsEachOrigin() throws {
    let files = Files(
      below: "[log]\nlevel = error\n", own: "\n[log]\nformat = json\n",
      above: [("up", "[log]\nlevel = debug")])
    let text = String(decoding: files.report().effectiveText(), as: UTF8.self)
    #expect(text.contains("# own:2\n[log]\n# own:3\nformat = json\n# up:2\nlevel = debug\n"))
    let alone = String(decoding: Files(own: "[log]\n").report().effectiveText(), as: UTF8.self)
    #expect(alone.contains("# line 1\n[log]\n"))
    // Read back, it is the same configuration.
    let again = ConfigurationReport.load(text, ConfigurationSources([:]))
    #expect(again.configuration?.log.logLevel == .debug)
  }
}

// MARK: - Edits

extension LayerTests {
  private static let a = SectionName(.bot, Array("a".utf8))
  private static let window = Array("window".utf8)

  private static func set(_ value: String) -> ConfigurationChange {
    .set(a, key: window, value: Array(value.utf8))
  }

  private func edited(_ files: Files, _ changes: ConfigurationChange...) throws -> String {
    let edit = try ConfigurationEdit(changes, of: Array(files.own.utf8), from: files.sources)
    return String(decoding: edit.text, as: UTF8.self)
  }

  @Test func changesGoToTheFileAlone() throws {
    // A section of another file gets one here, with the change alone.
    let files = Files(below: "[bot a]\nwindow = 5\n", own: "# mine\n")
    #expect(try edited(files, Self.set("7")) == "# mine\n\n[bot a]\nwindow = 7\n")
    // The value that applies already needs no line.
    #expect(try edited(files, Self.set("5")) == "# mine\n")
    #expect(try edited(files, .unset(Self.a, key: Self.window)) == "# mine\n")
    // Without its line here, the value below applies again.
    let both = Files(below: files.below, own: "[bot a]\nwindow = 7\n")
    #expect(try edited(both, .unset(Self.a, key: Self.window)) == "[bot a]\n")
  }

  @Test func aChangeWithoutEffectIsRefused() {
    let own = "[bot a]\nwindow = 5\n[bot b]\n"
    let files = Files(own: own, above: [("up", "\n[bot a]\nwindow = 6")])
    for change in [Self.set("7"), .unset(Self.a, key: Self.window)] {
      expectRefusal("up:3") { try edited(files, change) }
    }
    expectRefusal("up:2") { try edited(files, .delete(Self.a)) }
    expectRefusal("below:1") {
      try edited(Files(below: "[bot a]\n", own: "[bot b]\n"), .delete(Self.a))
    }
    // A value that applies already changes nothing.
    #expect(throws: Never.self) { try edited(files, Self.set("6")) }
  }

  /// A client that moves the URL must not get the vendor's key sent to it.
  @Test func aSecretOfAnotherFileIsNotRemoved() {
    let section = SectionName(.integration, Array("i".utf8))
    let key = Array("header.Authorization".utf8)
    let below = """
      [bot a]
      [integration i]
      type = custom
      webhook_url = https://example.com/
      header.Authorization = Bearer 0123456789
      """
    for own in ["[log]\n", "[integration i]\nheader.authorization = Bearer mine\n"] {
      expectRefusal("below:5") {
        try edited(
          Files(below: below, own: own),
          .set(
            section, key: Array("webhook_url".utf8), value: Array("https://example.org/".utf8)),
          .unset(section, key: key))
      }
    }
  }

  private func expectRefusal(_ place: String, _ edit: () throws -> String) {
    let error = #expect(throws: ConfigurationEditError.self) { try edit() }
    guard case .inOtherFile(_, _, let found)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found.description == place)
  }

  @Test func anObjectionOfAnotherFileNamesIt() throws {
    let files = Files(
      own: "[bot a]\n[bot b]\n", above: [("up", "[integration i]\nbot = b\ntype = echo")])
    let error = #expect(throws: ConfigurationEditError.self) {
      try edited(files, .delete(SectionName(.bot, Array("b".utf8))))
    }
    guard case .refused(let objections)? = error else { return }
    #expect(objections.map(\.message.description) == ["up:2: bot: there is no [bot b]"])
  }
}

/// `--ignore-unknown`.
@Suite struct IgnoredUnknownTests {
  private func report(_ text: String) -> ConfigurationReport {
    let plain = ConfigurationSources([:])
    return .load(
      text,
      ConfigurationSources(
        environment: plain.environment, file: plain.file, ignoresUnknown: true))
  }

  @Test(
    arguments: [
      ("[future]\nx = 1\n[log]", ["1: warning: unknown section [future]; ignored"]),
      (
        "[log]\nlevl = info",
        ["2: warning: unknown key 'levl' in [log]; did you mean 'level'?; ignored"]
      ),
      (
        "[log]\nformat = xml",
        ["2: warning: format: 'xml' is not one of text, json; ignored, so that the default applies"]
      ),
      (
        "[key a]\nsecret = sixteen-letters!\nscopes = Read, audit, write",
        ["3: warning: scopes: 'audit' is not one of chat, read, write, admin; ignored"]
      ),
    ])
  func isAWarning(text: String, expected: [String]) {
    let report = report(text)
    #expect(report.lines == expected)
    #expect(report.configuration != nil)
    #expect(report.findings.allSatisfy { $0.severity == .warning })
  }

  /// An unknown type must neither become another one nor an echo.
  @Test func anUnknownTypeIsNotAsked() throws {
    let text = """
      [bot a]
      [integration new]
      type = telepathy
      enabled = yes
      webhook_url = https://example.com/
      """
    let report = report(text)
    let integrations = try #require(report.configuration).integrations
    #expect(integrations.count == 1)
    #expect(!integrations[0].isEnabled)
    #expect(report.lines.contains { $0.hasSuffix("; it is not asked") })
  }

  /// Of a list the known words remain, which must not be more than the file says.
  @Test func unknownWordsOfAListAreLeftOut() throws {
    let text = """
      [key a]
      secret = sixteen-letters!
      scopes = audit, read
      [bot a]
      [integration mixed]
      type = openai
      webhook_url = https://example.com/v1/chat/completions
      model = m
      serves = images, chat
      [integration other]
      type = openai
      webhook_url = https://example.com/v1/images
      model = m
      serves = images
      """
    let configuration = try #require(report(text).configuration)
    #expect(configuration.keys.map(\.scopes) == [.read])
    #expect(configuration.integrations.map(\.isEnabled) == [true, false])
    #expect(configuration.integrations[0].purposes == Purposes(.chat))
    #expect(configuration.integrations[1].kind.dialect == .openai)
  }

  @Test(arguments: [
    "[key a]\nsecret = sixteen-letters!\nscopes = audit", "[log]\nlevel", "[bot A]",
    "[bot a]\nwindow = x", "[log]\n[log]",
  ])
  func otherErrorsStay(text: String) { #expect(!report(text).isValid) }

  @Test func editsKeepWhatIsIgnored() throws {
    let plain = ConfigurationSources([:])
    let sources = ConfigurationSources(
      environment: plain.environment, file: plain.file, ignoresUnknown: true)
    let text = "[future]\nx = 1\n[bot a]\nnew = 2\nwindow = 5\n"
    let edit = try ConfigurationEdit(
      [.set(SectionName(.bot, Array("a".utf8)), key: Array("window".utf8), value: Array("6".utf8))],
      of: Array(text.utf8), from: sources)
    #expect(edit.text == Array(text.replacing("window = 5", with: "window = 6").utf8))
  }

  /// Values that are sent back as they are shown.
  @Test func valuesInEffectKeepWhatIsIgnored() throws {
    let plain = ConfigurationSources([:])
    let sources = ConfigurationSources(
      environment: plain.environment, file: plain.file, ignoresUnknown: true)
    let text = "[integration i]\ntype = telepathy\nserves = images, chat\n"
    let name = SectionName(.integration, Array("i".utf8))
    func set(_ key: String, _ value: String) -> ConfigurationChange {
      .set(name, key: Array(key.utf8), value: Array(value.utf8))
    }
    let same = [set("type", "echo"), set("serves", "chat"), set("enabled", "no")]
    let edit = try ConfigurationEdit(same, of: Array(text.utf8), from: sources)
    #expect(String(decoding: edit.text, as: UTF8.self) == text)
    #expect(edit.made.isEmpty)
    let other = try ConfigurationEdit(
      [.unset(name, key: Array("serves".utf8))], of: Array(text.utf8), from: sources)
    let written = text.replacing("serves = images, chat\n", with: "")
    #expect(String(decoding: other.text, as: UTF8.self) == written)
  }
}
