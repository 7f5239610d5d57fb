import TestSupport

@testable import Configuration

/// A random valid file with comments and blank lines everywhere, odd spacing, and both kinds of line ends.
struct EditableFile {
  struct Entry {
    let key: [UInt8]
    let value: [UInt8]
    /// Whether it is written as an edit would write it, but for the spacing.
    let isCanonical: Bool
    /// Whether it has quotes that it does not need.
    let isQuoted: Bool
  }

  struct Section {
    let name: SectionName
    /// What may be removed.
    var entries: [Entry] = []
    /// Whether all its lines have the same layout, line ends included.
    var isRegular = false
  }

  private(set) var bytes: [UInt8] = []
  private(set) var sections: [Section] = []

  static let theBot = SectionName(.bot, Array("all".utf8))
  static var sources: ConfigurationSources {
    ConfigurationSources(["SECRET": "environment-secret"])
  }

  private let end: String
  private let isMixed: Bool
  private let isForPython: Bool

  private static let words = [
    "a", "Z", "0", "#", ";", "\"", "'", "\\", "$", "${", "$${", "${SECRET}", "{", "}", "=", "[",
    "]",
    "é", "日本", "🙂", " ", "  ", "\t", "\n", "\\n", "%", ":", ",", "\u{A0}",
  ]

  init(_ random: inout SeededGenerator, isForPython: Bool) {
    self.isForPython = isForPython
    end = Bool.random(using: &random) ? "\n" : "\r\n"
    isMixed = Int.random(in: 0..<6, using: &random) == 0
    if Int.random(in: 0..<6, using: &random) == 0 { append("\u{FEFF}") }
    var names = [SectionName(.log), SectionName(.context), SectionName(.limits)]
    for kind in [SectionKind.bot, .integration, .key] {
      for index in 1..<Int.random(in: 1...4, using: &random) {
        names.append(SectionName(kind, Array("s\(index)".utf8)))
      }
    }
    names.shuffle(using: &random)
    names = Array(names.prefix(Int.random(in: 1...9, using: &random)))
    // The bot of all integrations.
    if names.contains(where: { $0.kind == .integration }) { names.append(Self.theBot) }
    names.shuffle(using: &random)
    for name in names {
      appendNoise(&random)
      appendSection(name, &random)
    }
    appendNoise(&random)
    if Int.random(in: 0..<3, using: &random) == 0 {
      if bytes.last == 10 { bytes.removeLast() }
      if bytes.last == 13 { bytes.removeLast() }
    }
  }

  private mutating func appendSection(_ name: SectionName, _ random: inout SeededGenerator) {
    var section = Section(name: name)
    append("[\(name.kind.type)\(name.name.isEmpty ? "" : " ")")
    bytes += name.name
    append("]")
    appendEnd(&random)
    section.isRegular = Bool.random(using: &random) && !isMixed
    let regular = spacing(&random)
    let required = required(name)
    var settings = required
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let (key, value) = Self.randomSetting(name.kind, &random)
      if !settings.contains(where: { $0.key == key }) { settings.append((key, value)) }
    }
    for (key, value) in settings {
      appendNoise(&random)
      let spacing = section.isRegular ? regular : spacing(&random)
      let (value, text, isCanonical) = written(value, key, name, &random)
      append(spacing.indent)
      bytes += key
      append(spacing.before + "=" + (text.isEmpty ? "" : spacing.after))
      bytes += text
      // Blanks after a value that is removed can only be kept if something is before them.
      if !text.isEmpty, Int.random(in: 0..<5, using: &random) == 0 { append(" \t") }
      if !required.contains(where: { $0.key == key }) {
        section.entries.append(
          Entry(
            key: key, value: value, isCanonical: isCanonical && !text.isEmpty,
            isQuoted: text == [0x22] + value + [0x22]))
      }
      section.isRegular = section.isRegular && bytes.last != 9
      appendEnd(&random)
    }
    sections.append(section)
  }

  private func required(_ name: SectionName) -> [(key: [UInt8], value: [UInt8])] {
    switch name.kind {
    case .integration:
      [(Array("type".utf8), Array("echo".utf8)), (Array("bot".utf8), Self.theBot.name)]
    case .key: [(Array("secret".utf8), Array("secret-of-".utf8) + name.name)]
    default: []
    }
  }

  /// A value, the way it is written in the file, and whether an edit would write it so.
  private func written(
    _ value: [UInt8], _ key: [UInt8], _ section: SectionName, _ random: inout SeededGenerator
  ) -> (value: [UInt8], text: [UInt8], isCanonical: Bool) {
    if key == Array("name".utf8), Int.random(in: 0..<3, using: &random) == 0 {
      return (Array("environment-secret".utf8), Array("${SECRET}".utf8), false)
    }
    if key == Array("window".utf8), Int.random(in: 0..<3, using: &random) == 0 {
      return (value, [0x22] + value + [0x22], true)
    }
    var writer = ValueWriter(sources: Self.sources)
    let setting = section.kind.settings[section.kind.setting(for: key.span)!]
    let text = try! writer.text(for: value, key: key, setting, inPlaceOf: nil)
    return (value, text, true)
  }

  /// A setting and a value that such a section may have.
  static func randomSetting(
    _ kind: SectionKind, _ random: inout SeededGenerator
  ) -> (key: [UInt8], value: [UInt8]) {
    let number = String(Int.random(in: 1...100, using: &random))
    var text = ""
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      text += words.randomElement(using: &random)!
    }
    let line = text.filter { $0 != "\n" && $0 != "\t" } + "x"
    let choices: [(String, String)] =
      switch kind {
      case .log: [("level", ["debug", "error", "info"].randomElement(using: &random)!)]
      case .context: [("window", number), ("memory", number + "M"), ("sync", number + "s")]
      case .limits: [("in_flight", number), ("per_user", number + "/m")]
      case .recorder: [("content", ["yes", "no"].randomElement(using: &random)!)]
      case .outbox: [("size", number + "M"), ("hold", number + "h"), ("keep", number + "m")]
      case .key: [("scopes", ["chat", "read, write"].randomElement(using: &random)!)]
      case .bot:
        [
          ("name", line), ("system", text), ("error_message", text), ("window", number),
          ("deadline", number + "s"),
        ]
      case .integration:
        [
          ("name", line), ("weight", number), ("timeout", number + "ms"), ("header.X-A", line),
          ("header.b", line), ("param.c", json(text, &random)), ("enabled", "no"),
        ]
      case .server, .channel: []
      }
    let (key, value) = choices.randomElement(using: &random)!
    return (Array(key.utf8), Array(value.utf8))
  }

  private static func json(_ text: String, _ random: inout SeededGenerator) -> String {
    let plain = text.filter { $0 != "\"" && $0 != "\\" && $0 != "\n" && $0 != "\t" }
    return ["7", "\"7\"", "\"\(plain)\"", "{\"a\": [\"\(plain)\"]}", "\"\\\"\\\\ \\n\"", "null"]
      .randomElement(using: &random)!
  }

  // MARK: Layout

  private func spacing(_ random: inout SeededGenerator) -> (
    indent: String, before: String, after: String
  ) {
    let blanks = ["", " ", "  ", "\t", " "]
    return (
      isForPython ? "" : ["", "", " ", "\t"].randomElement(using: &random)!,
      blanks.randomElement(using: &random)!, blanks.randomElement(using: &random)!
    )
  }

  private mutating func append(_ text: String) {
    bytes += Array(text.utf8)
  }

  private mutating func appendEnd(_ random: inout SeededGenerator) {
    append(isMixed && Bool.random(using: &random) ? "\n" : end)
  }

  private mutating func appendNoise(_ random: inout SeededGenerator) {
    for _ in 0..<max(0, Int.random(in: -2...3, using: &random)) {
      append(
        ["", "", " ", "# comment = x", "; [bot comment]", "\t# ${NOT_SET}"]
          .randomElement(using: &random)!)
      appendEnd(&random)
    }
  }
}
