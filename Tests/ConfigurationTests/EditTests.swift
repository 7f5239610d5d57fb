import Testing

@testable import Configuration

/// Single edits: the bytes before, the changes, the bytes after.
@Suite struct EditTests {
  private static let gpt = SectionName(.integration, Array("gpt".utf8))
  private static let support = SectionName(.bot, Array("support".utf8))

  private static func set(_ section: SectionName, _ key: String, _ value: String)
    -> ConfigurationChange
  {
    .set(section, key: Array(key.utf8), value: Array(value.utf8))
  }

  private static func unset(_ section: SectionName, _ key: String) -> ConfigurationChange {
    .unset(section, key: Array(key.utf8))
  }

  private func edited(_ text: String, _ changes: [ConfigurationChange]) throws -> String {
    let sources = ConfigurationSources(["KEY": "secret-key", "N": "7"])
    let edit = try ConfigurationEdit(changes, of: Array(text.utf8), from: sources)
    return String(decoding: edit.text, as: UTF8.self)
  }

  @Test func tellsWhatTheFileNeeded() throws {
    let text = "[bot support]\nwindow = 5\n[integration gpt]\ntype = echo\n"
    let changes = [
      Self.set(Self.support, "window", "5"), Self.unset(Self.support, "system"),
      Self.set(Self.support, "sticky", "no"), Self.set(Self.gpt, "type", "ECHO"),
    ]
    let sources = ConfigurationSources([:])
    let none = try ConfigurationEdit(changes, of: Array(text.utf8), from: sources)
    #expect(none.made.isEmpty)
    #expect(none.text == Array(text.utf8))
    let all = [
      Self.set(Self.support, "window", "6"), Self.unset(Self.gpt, "type"), .delete(Self.gpt),
      .add(SectionName(.log)),
    ]
    let edit = try ConfigurationEdit(changes + all, of: Array(text.utf8), from: sources)
    let summary = ConfigurationChange.summary(of: edit.made)
    #expect(
      String(decoding: summary, as: UTF8.self)
        == "[bot support] window; [integration gpt] type; -[integration gpt]; +[log]")
  }

  @Test(
    arguments: [
      // An existing key: only its value changes.
      ("[bot support]\nwindow=5\n", set(support, "window", "7"), "[bot support]\nwindow=7\n"),
      (
        "[bot support]\r\n\t window\t =  5 \t\r\n# x\r\n", set(support, "window", "70"),
        "[bot support]\r\n\t window\t =  70 \t\r\n# x\r\n"
      ),
      (
        "[bot support]\nname = \"Old\"\n", set(support, "name", "New"),
        "[bot support]\nname = \"New\"\n"
      ),
      (
        "[bot support]\nsystem = \"a\\nb\"\n", set(support, "system", "c"),
        "[bot support]\nsystem = c\n"
      ),
      // A value that seems to lack a quote is written in quotes.
      (
        "[bot support]\nname = a\n", set(support, "name", "\"b"),
        "[bot support]\nname = \"\\\"b\"\n"
      ),
      ("[bot support]\nsystem =\n", set(support, "system", "c"), "[bot support]\nsystem = c\n"),
      ("[bot support]\nsystem=\n", set(support, "system", "c"), "[bot support]\nsystem=c\n"),
      ("[bot support]\nsystem = c\n", set(support, "system", ""), "[bot support]\nsystem =\n"),
      (
        "[integration gpt]\ntype = echo\nheader.x-a = 1\n", set(gpt, "header.X-A", "2"),
        "[integration gpt]\ntype = echo\nheader.x-a = 2\n"
      ),
      // A key that has the value already, however it is written.
      (
        "[integration gpt]\ntype = ECHO\ntimeout = 1m\nheader.A = Bearer ${KEY}\nweight = ${N}",
        set(gpt, "timeout", "60"),
        "[integration gpt]\ntype = ECHO\ntimeout = 1m\nheader.A = Bearer ${KEY}\nweight = ${N}"
      ),
      (
        "[integration gpt]\ntype = echo\nheader.A = Bearer ${KEY}\n",
        set(gpt, "header.A", "Bearer secret-key"),
        "[integration gpt]\ntype = echo\nheader.A = Bearer ${KEY}\n"
      ),
      ("[bot support]\n", set(support, "sticky", "off"), "[bot support]\n"),
      ("", set(SectionName(.limits), "in_flight", "256"), ""),
      // A missing key: it is added after the section's last key.
      (
        "[bot support]\nname=A\n# about the window\n\n[log]\n", set(support, "window", "7"),
        "[bot support]\nname=A\nwindow=7\n# about the window\n\n[log]\n"
      ),
      (
        "[bot support]\n# A bot.\n\n[log]\n", set(support, "window", "7"),
        "[bot support]\n# A bot.\nwindow = 7\n\n[log]\n"
      ),
      ("[bot support]", set(support, "window", "7"), "[bot support]\nwindow = 7"),
      (
        "[log]\r\nlevel =debug\r\n[bot support]", set(support, "window", "7"),
        "[log]\r\nlevel =debug\r\n[bot support]\r\nwindow =7"
      ),
      (
        "[bot support]\nname   = A\nsystem = B\n\n", set(support, "window", "7"),
        "[bot support]\nname   = A\nsystem = B\nwindow = 7\n\n"
      ),
      (
        "[bot support]\nname   = A\nsystem = B\n", set(support, "error_message", "x"),
        "[bot support]\nname   = A\nsystem = B\nerror_message = x\n"
      ),
      (
        "[bot support]\n  name = A\n", set(support, "window", "7"),
        "[bot support]\n  name = A\n  window = 7\n"
      ),
      // Sections that are implied.
      ("", set(SectionName(.limits), "in_flight", "7"), "[limits]\nin_flight = 7\n"),
      (
        "[bot support]\n", set(SectionName(.integration, Array("echo".utf8)), "weight", "7"),
        "[bot support]\n\n[integration echo]\nbot = support\ntype = echo\nweight = 7\n"
      ),
      // Removed.
      (
        "[bot support]\nname = A\n# w\nwindow = 7\n# x\n", unset(support, "window"),
        "[bot support]\nname = A\n# w\n# x\n"
      ),
      ("[bot support]\nname = A", unset(support, "name"), "[bot support]"),
      ("[bot support]\nname = A", unset(support, "window"), "[bot support]\nname = A"),
      ("\u{FEFF}[bot support]\nname = A\n", unset(support, "name"), "\u{FEFF}[bot support]\n"),
    ] as [(String, ConfigurationChange, String)])
  func changesOneLine(before: String, change: ConfigurationChange, after: String) throws {
    #expect(try edited(before, [change]) == after)
  }

  @Test(
    arguments: [
      ("", .add(support), "[bot support]\n"),
      ("\u{FEFF}", .add(support), "\u{FEFF}[bot support]\n"),
      ("# Mine.", .add(support), "# Mine.\n\n[bot support]"),
      ("[log]\r\n\r\n\r\n", .add(support), "[log]\r\n\r\n[bot support]\r\n\r\n\r\n"),
      ("[bot a]\n[bot b]\n", .add(support), "[bot a]\n[bot b]\n[bot support]\n"),
      (
        "[bot a]\nname = A\n\n\n# the log\n[log]\n", .add(support),
        "[bot a]\nname = A\n\n\n[bot support]\n\n\n# the log\n[log]\n"
      ),
      (
        "[bot a]\nname = A\n# window = 7\n\n# -- logging --\n\n[log]\n", .add(support),
        "[bot a]\nname = A\n# window = 7\n\n[bot support]\n\n# -- logging --\n\n[log]\n"
      ),
      (
        "[bot a]\nname = A\n# the log\n[log]\n", .add(support),
        "[bot a]\nname = A\n[bot support]\n# the log\n[log]\n"
      ),
      (
        "[log]\n[bot support]\n# end", .add(SectionName(.bot, [0x61])),
        """
        [log]
        [bot support]
        # end

        [bot a]
        """
      ),
      // Removed with their own comments.
      (
        "[log]\n\n# mine\n[bot support]\nname = A\n# too\n\n# not mine\n", .delete(support),
        "[log]\n\n# not mine\n"
      ),
      ("# not mine\n\n[bot support]\n\n[log]\n", .delete(support), "# not mine\n\n[log]\n"),
      (
        "# not mine\n\n[bot support]\n# of the log\n[log]\n", .delete(support),
        "# not mine\n\n# of the log\n[log]\n"
      ),
      ("\u{FEFF}# mine\n[bot support]\n\n\n[log]\n", .delete(support), "\u{FEFF}[log]\n"),
      ("\u{FEFF}[bot support]", .delete(support), "\u{FEFF}"),
      ("[log]\n\n[bot support]\nname = A", .delete(support), "[log]"),
      ("[log]\n[bot support]\n[limits]\n", .delete(support), "[log]\n[limits]\n"),
    ] as [(String, ConfigurationChange, String)])
  func changesOneSection(before: String, change: ConfigurationChange, after: String) throws {
    #expect(try edited(before, [change]) == after)
  }

  /// A value that came from a default, or from another section, until another change removed that.
  @Test func keepsWhatOtherChangesWouldTakeAway() throws {
    let claude = "[integration gpt]\ntype = anthropic\nwebhook_url = https://a.b/\nmodel = m\n"
    #expect(
      try edited(
        claude, [Self.set(Self.gpt, "max_tokens", "1024"), Self.set(Self.gpt, "type", "openai")])
        == claude.replacing("anthropic", with: "openai") + "max_tokens = 1024\n")
    #expect(try edited(claude, [Self.set(Self.gpt, "max_tokens", "1024")]) == claude)
  }

  @Test(
    arguments: [
      (
        "[bot support]\n", [set(support, "window", "0")], "window",
        "window: 0 is too small; the minimum is 1"
      ),
      (
        "[bot support]\n", [set(support, "windw", "1")], "windw",
        "unknown key 'windw' in [bot support]; did you mean 'window'?"
      ),
      ("[bot support]\n", [set(support, "name\n[log]\nlevel", "debug")], "name\n[log]\nlevel", nil),
      (
        "[bot support]\n", [set(support, "system", "a\u{0}")], "system",
        "system: the line contains a control character; remove it"
      ),
      (
        "[bot support]\n", [set(support, "system", "a\rb")], "system",
        "system: the text contains a carriage return, which a configuration file cannot; end its lines with \\n alone"
      ),
      (
        "[bot support]\n", [set(support, "system", "\u{85}")], "system",
        "system: the line contains a control character; remove it"
      ),
      (
        "[bot support]\n", [set(support, "system", String(repeating: "a", count: 1 << 16))],
        "system",
        "system: the line is longer than 64 KiB"
      ),
      (
        "[bot support]\n", [set(support, "name", "a\nb")], "name",
        "name: the value contains a line break or another control character; remove it"
      ),
      ("[integration gpt]\ntype = echo\n", [set(gpt, "header.A", "****")], "header.A", nil),
      ("[integration gpt]\ntype = echo\n", [set(gpt, "header.A\r\nB", "x")], "header.A\r\nB", nil),
      (
        "[integration gpt]\ntype = echo\n", [set(gpt, "type", "custom")], "webhook_url",
        "[integration gpt] needs 'webhook_url'"
      ),
      (
        "[integration gpt]\ntype = echo\n", [.add(support), .add(SectionName(.bot, [0x61]))], "bot",
        "[integration gpt] needs 'bot': there are 2 bots"
      ),
      (
        "[integration gpt]\ntype = echo\nbot = support\n[bot support]\n", [.delete(support)], "bot",
        "bot: there is no [bot support]"
      ),
    ] as [(String, [ConfigurationChange], String, String?)])
  func namesWhatIsWrong(
    before: String, changes: [ConfigurationChange], key: String, message: String?
  ) throws {
    do {
      _ = try edited(before, changes)
      Issue.record("it was taken")
    } catch ConfigurationEditError.refused(let objections) {
      let first = try #require(objections.first)
      #expect(first.key.map { String(decoding: $0, as: UTF8.self) } == key)
      #expect(first.section == Self.gpt || first.section == Self.support)
      if let message { #expect(first.message.description == message) }
    }
  }

  @Test func refusesWhatDoesNotFitTheFile() throws {
    let log = SectionName(.log)
    func error(_ text: String, _ change: ConfigurationChange) -> ConfigurationEditError? {
      #expect(throws: ConfigurationEditError.self) { try edited(text, [change]) }
    }
    guard case .invalidFile(let findings) = error("[log]\nlevel = x\n", .delete(log)) else {
      Issue.record("an invalid file was changed")
      return
    }
    #expect(findings.map(\.line) == [2])
    guard case .noSuchSection(Self.support) = error("", .delete(Self.support)),
      case .noSuchSection(Self.gpt) = error("", Self.set(Self.gpt, "weight", "2")),
      case .noSuchSection(Self.gpt) = error("", Self.unset(Self.gpt, "weight")),
      case .noSuchSection(log) = error("", .delete(log)),
      case .sectionExists(log) = error("[log]\n", .add(log)),
      case .refused = error("", .add(SectionName(.bot, Array("a]\n[log".utf8)))),
      case .refused = error("", .add(SectionName(.log, [0x61])))
    else {
      Issue.record("another error was expected")
      return
    }
  }
}
