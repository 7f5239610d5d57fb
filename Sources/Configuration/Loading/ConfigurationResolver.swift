import Bytes
import Protocols

/// Completes the sections, and makes the checks that need the whole file.
///
/// It adds implied sections and missing values. An invalid entry is reported already, and its consequences are
/// not.
struct ConfigurationResolver {
  let sources: ConfigurationSources
  /// The findings of the reader in order, then those of the checks in no order.
  var list: FindingList
  /// Suggests known names for unknown ones.
  var names = NearestName()
  /// The sections in file order, then the implied ones.
  private(set) var sections: [Section]
  /// The lines of all files.
  let lines: LineMap

  init(_ reader: ConfigurationReader, sources: ConfigurationSources) {
    sections = reader.sections
    list = reader.list
    lines = reader.lines
    self.sources = sources
  }

  /// Completes and checks the sections.
  mutating func resolve() {
    // No other service may get the token of one that this version does not know.
    sections.removeAll { $0.isOff && $0.kind == .channel }
    addImpliedSections()
    for section in sections where section.isOff { switchOff(section) }
    for section in sections { addDefaults(to: section) }
    let context = all(.context)[0]
    for section in sections { inheritValues(in: section, context: context) }
    checkServer(all(.server)[0])
    checkKeys(all(.key))
    checkRecorder(all(.recorder)[0])
    for bot in all(.bot) { check(bot: bot) }
    for integration in all(.integration) { check(integration: integration) }
    checkChannels()
    checkFile(of: context)
    checkFile(of: all(.outbox)[0], apartFrom: context)
    // A file with errors is mended first: what follows from them would only distract.
    if list.findings.contains(where: { $0.severity == .error }) { return }
    for bot in all(.bot) { doubtEcho(in: integrations(of: bot)) }
    doubtBots()
    doubtIntegrations()
    doubtOpenness()
  }

  /// The sections of a kind.
  @inline(never)
  func all(_ kind: SectionKind) -> [Section] {
    sections.filter { $0.kind == kind }
  }

  /// The integrations that answer for a bot.
  @inline(never)
  func integrations(of bot: Section) -> [Section] {
    sections.filter { $0.kind == .integration && $0.text("bot") == bot.name }
  }
}

// MARK: - What is implied

extension ConfigurationResolver {
  @inline(never)
  private mutating func add(_ kind: SectionKind, _ name: [UInt8], _ origin: SettingOrigin)
    -> Section
  {
    let section = Section(kind, name: name, origin: origin)
    sections.append(section)
    return section
  }

  private mutating func addImpliedSections() {
    for kind in SectionKind.allCases where !kind.isNamed && all(kind).isEmpty {
      _ = add(kind, [], .standard)
    }
    if all(.bot).isEmpty { _ = add(.bot, [UInt8]("default"), .implied) }
    let bots = all(.bot)
    for integration in all(.integration) { resolveBot(of: integration, among: bots) }
    for channel in all(.channel) { resolveBot(of: channel, among: bots) }
    for bot in bots where integrations(of: bot).isEmpty { addEcho(to: bot) }
  }

  /// Sets the bot of an integration or a channel: the one that it names, or the only one.
  private mutating func resolveBot(of section: Section, among bots: [Section]) {
    if let entry = section.entry("bot") {
      if let name = entry.text { check(name, of: "bot", in: entry, isAmong: bots) }
    } else if bots.count == 1 {
      imply("bot", bots[0].name, in: section)
    } else {
      report(
        section.origin, "\(section.header) needs 'bot': there are \(bots.count) bots",
        missing: "bot")
    }
  }

  /// Adds the integration of a bot without one. All of them have the name `echo`.
  ///
  /// Ids are unique among all bots: the first is `echo`, if the file has no `[integration echo]`, and the others
  /// are `echo-BOT`.
  private mutating func addEcho(to bot: Section) {
    let taken = all(.integration)
    var id = [UInt8]("echo")
    var attempt = 1
    while taken.contains(where: { $0.name == id }) {
      id = [UInt8]("echo-")
      id.append(contentsOf: bot.name.prefix(48))
      if attempt > 1 {
        id.append("-")
        id.append(decimal: attempt)
      }
      attempt += 1
    }
    let echo = add(.integration, id, .implied)
    imply("bot", bot.name, in: echo)
    imply("name", [UInt8]("echo"), in: echo)
    let kind = [UInt8]("echo")
    imply("type", .word(kind), printed: kind, in: echo)
  }

  /// Keeps an integration of an unknown type from being asked. What such a type needs is unknown, too.
  private func switchOff(_ section: Section) {
    if let entry = section.entry("enabled") { section.remove(entry) }
    imply("enabled", .boolean(false), printed: [UInt8]("no"), in: section)
    let kind = [UInt8]("echo")
    imply("type", .word(kind), printed: kind, in: section)
  }

  private func addDefaults(to section: Section) {
    for (row, setting) in section.kind.settings.enumerated() {
      guard setting.standard.utf8CodeUnitCount > 0, section.entry(row: row) == nil else { continue }
      let text = [UInt8](setting.standard)
      let none: StaticString = ""
      do throws(InvalidValue) {
        let value = try setting.type.read(WrittenValue(bytes: text, isDerived: false))
        section.add(
          SettingEntry(
            row: row, suffix: [], origin: .standard, value: value, isDerived: false,
            printed: setting.printed(
              value, writtenAs: text.span, suffix: none.span, isDerived: false)))
      } catch {
        preconditionFailure("a default is not valid for its setting")
      }
    }
  }

  /// Values that follow from other settings: names, windows, the length of a reply that Anthropic requires.
  private func inheritValues(in section: Section, context: Section) {
    if section.kind == .bot || section.kind == .integration {
      imply("name", section.name, in: section)
    }
    if section.kind == .bot, let window = context.entry("window"), let value = window.value {
      imply("window", value, printed: window.printed, in: section)
    }
    if let tokens = section.integrationKind?.dialect?.standardMaxTokens {
      imply("max_tokens", .number(tokens), printed: [UInt8](decimal: tokens), in: section)
    }
  }

  /// Gives a setting an implied text, unless the section has a value.
  private func imply(_ name: StaticString, _ text: [UInt8], in section: Section) {
    imply(name, .text(text), printed: text, in: section)
  }

  /// Gives a setting an implied value, unless the section has one.
  @inline(never)
  private func imply(
    _ name: StaticString, _ value: SettingValue, printed: [UInt8], in section: Section
  ) {
    let row = section.kind.row(of: name)
    guard section.entry(row: row) == nil else { return }
    section.add(
      SettingEntry(
        row: row, suffix: [], origin: .implied, value: value, isDerived: false, printed: printed))
  }
}
