import Bytes
import Configuration

/// Makes a configuration of LiteLLM's proxy into one of Postern's.
///
/// A model of LiteLLM is a bot, and its deployments are the bot's integrations. What has no equivalent is named in a
/// comment at its place.
public final class LiteLLMImport {
  private let root: YAMLNode
  private let variables = Variables()
  private var bots: [ImportedBot] = []
  private var ids: [[UInt8]] = []
  private var notes: [[UInt8]] = []

  /// The new file. The lines of errors are those of `text`, which is called `file`.
  public static func convert(_ text: [UInt8], file: [UInt8]) throws(ImportError) -> [UInt8] {
    let conversion = LiteLLMImport(root: try YAMLReader.read(text))
    var lines = Amendment.amended(try conversion.lines(file))
    // What was left out may be all that refers to a variable.
    for literal in conversion.variables.literals {
      let reference = Variables.reference(literal.name)
      let isUsed = lines.contains {
        $0.first != UInt8(ascii: "#") && $0.replacingAll(reference[...], with: []).count != $0.count
      }
      let note = ImportedSection.comment(literal.note.bytes)
      if !isUsed { lines.removeAll { $0 == note } }
    }
    return Amendment.text(lines)
  }

  private init(root: YAMLNode) {
    self.root = root
  }

  private func lines(_ file: [UInt8]) throws(ImportError) -> [[UInt8]] {
    guard let models = root["model_list"] else {
      throw .invalid(
        line: root.line, "there is no model_list: this is not a configuration of LiteLLM's proxy")
    }
    guard !models.elements.isEmpty else {
      throw .invalid(line: models.line, "model_list is not a list with entries")
    }
    let defaults = defaults()
    // A name that is valid as it is keeps its id, whatever comes before it.
    for entry in models.elements {
      if let name = entry["model_name"]?.text, SectionName.isName(name.span) { ids.append(name) }
    }
    for entry in models.elements { try add(entry, defaults) }
    for name in Self.settings {
      for node in setting(name, "default_fallbacks")?.elements ?? [] {
        for bot in bots { addFallback(to: bot, node) }
      }
      for rule in setting(name, "fallbacks")?.elements ?? [] { try addFallbacks(rule) }
    }
    addAliases()
    var body: [[UInt8]] = []
    appendGeneral(to: &body)
    var taken: [[UInt8]] = []
    for bot in bots { bot.append(to: &body, &taken) }
    note("Made by 'postern import' from \(file), a configuration of LiteLLM's proxy.", at: 0)
    note("A model is a bot: clients ask for it by name, at [server] listen, 127.0.0.1:8080.", at: 1)
    for literal in variables.literals { note(literal.note) }
    return notes.map { ImportedSection.comment($0) } + body
  }

  @inline(never)
  private func note(_ text: Text, at index: Int? = nil) {
    notes.insert(text.bytes, at: index ?? notes.count)
  }

  /// The sections with settings of the router.
  private static let settings: [StaticString] = ["router_settings", "litellm_settings"]

  @inline(never)
  private func setting(_ section: StaticString, _ name: StaticString) -> YAMLNode? {
    let node = root[section]?[name]
    return node?.isEmpty == false ? node : nil
  }

  /// What the router sets for all deployments.
  private func defaults() -> ImportedSection {
    let section = ImportedSection()
    var (fails, pause): (YAMLNode?, YAMLNode?)
    // The router's own settings count, so they come last.
    for name in Self.settings.reversed() {
      if let text = setting(name, "num_retries")?.text { section.set("retries", text) }
      let time = setting(name, "timeout") ?? setting(name, "request_timeout")
      if let text = Number.duration(time?.text) { section.set("timeout", text) }
      fails = setting(name, "allowed_fails") ?? fails
      pause = setting(name, "cooldown_time") ?? pause
    }
    if fails != nil || pause != nil {
      let count = max(Number.read(fails?.text, shiftedBy: 0) ?? 5, 1)
      let time = Number.duration(pause?.text) ?? [UInt8]("30s")
      section.set("breaker", ("\(count)/\(time)" as Text).bytes)
    }
    return section
  }
}

// MARK: - Models

extension LiteLLMImport {
  private func add(_ entry: YAMLNode, _ defaults: ImportedSection) throws(ImportError) {
    guard let name = entry["model_name"]?.text else {
      throw .invalid(line: entry.line, "the entry of model_list has no model_name")
    }
    var credentials: YAMLNode?
    if let wanted = entry["litellm_params"]?["litellm_credential_name"]?.text {
      for other in root["credential_list"]?.elements ?? []
      where other["credential_name"]?.text == wanted {
        credentials = other["credential_values"]
      }
    }
    let deployment = try Deployment(entry, credentials: credentials, defaults: defaults, variables)
    if let bot = bot(name) {
      bot.deployments.append(deployment)
    } else {
      let isID = SectionName.isName(name.span)
      let bot = ImportedBot(name: name, id: isID ? name : ImportedBot.id(from: name, &ids))
      bot.deployments.append(deployment)
      bots.append(bot)
    }
  }

  @inline(never)
  private func bot(_ name: [UInt8]) -> ImportedBot? {
    for bot in bots where bot.name == name { return bot }
    return nil
  }

  /// Adds the models that LiteLLM asks after others: `MODEL: [MODEL, …]`.
  private func addFallbacks(_ rule: YAMLNode) throws(ImportError) {
    guard !rule.members.isEmpty else {
      throw .invalid(line: rule.line, "a fallback is not of the form MODEL: [MODEL, …]")
    }
    for member in rule.members {
      let isForAll = member.key.isText("*")
      for node in member.value.elements {
        for bot in bots where isForAll || bot.name == member.key { addFallback(to: bot, node) }
      }
      if !isForAll, bot(member.key) == nil { noteUnknown(member.key, rule) }
    }
  }

  private func addFallback(to bot: ImportedBot, _ node: YAMLNode) {
    let name = node.text ?? node["model"]?.text ?? []
    guard let other = self.bot(name) else { return noteUnknown(name, node) }
    if other !== bot, !bot.fallbacks.contains(where: { $0 === other }) {
      bot.fallbacks.append(other)
    }
  }

  private func addAliases() {
    for alias in setting("router_settings", "model_group_alias")?.members ?? [] {
      let name = alias.value.text ?? alias.value["model"]?.text ?? []
      if let bot = bot(name) {
        bot.aliases.append(alias.key)
      } else {
        noteUnknown(name, alias.value)
      }
    }
  }

  @inline(never)
  private func noteUnknown(_ name: [UInt8], _ node: YAMLNode) {
    note(
      "the fallback or alias \(name) (line \(node.line)) is left out: model_list has no such model")
  }
}

// MARK: - The rest

extension LiteLLMImport {
  /// The result for members of the three sections of settings; the rest has no equivalent.
  private static let actions: StaticString = """
    fallbacks default_fallbacks num_retries timeout request_timeout allowed_fails cooldown_time model_group_alias=-
    master_key=K
    global_max_parallel_requests=L
    max_request_size_mb=S
    json_logs=J
    set_verbose=V
    routing_strategy=R
    """

  /// Appends the sections that are not about models, and notes what has no equivalent.
  private func appendGeneral(to lines: inout [[UInt8]]) {
    let (server, limits) = (ImportedSection(), ImportedSection())
    let (log, key) = (ImportedSection(), ImportedSection())
    for part in root.members where !part.value.isEmpty {
      let kind = part.key.found(in: Self.parts)?.first
      if kind == nil { note(ImportedSection.missing(part.key, part.value)) }
      if kind == UInt8(ascii: "E") {
        let names = Number.list(part.value.members.map { $0.key })
        note("\(part.key) (line \(part.value.line)): set these where Postern is started: \(names)")
      }
      guard kind == UInt8(ascii: "S") else { continue }
      for member in part.value.members where !member.value.isEmpty {
        let node = member.value
        let text = node.text ?? []
        switch member.key.found(in: Self.actions)?.first {
        case UInt8(ascii: "-"): break
        case UInt8(ascii: "K"):
          key.set("secret", written: variables.reference(to: node, [UInt8]("LITELLM_MASTER_KEY")))
          key.set("scopes", [UInt8]("admin"))
        case UInt8(ascii: "L"): limits.set("in_flight", text)
        case UInt8(ascii: "S"): server.set("max_body", text + [UInt8(ascii: "M")])
        case UInt8(ascii: "J"): if node.boolean == true { log.set("format", [UInt8]("json")) }
        case UInt8(ascii: "V"): if node.boolean == true { log.set("level", [UInt8]("debug")) }
        case UInt8(ascii: "R") where text.isText("simple-shuffle"): break
        default: note(ImportedSection.missing(("\(part.key).\(member.key)" as Text).bytes, node))
        }
      }
    }
    server.append(to: &lines, [UInt8]("[server]"))
    limits.append(to: &lines, [UInt8]("[limits]"))
    log.append(to: &lines, [UInt8]("[log]"))
    key.append(to: &lines, [UInt8]("[key master]"))
  }

  /// The parts of the original.
  private static let parts: StaticString = """
    router_settings litellm_settings general_settings=S
    environment_variables=E
    model_list credential_list=-
    """
}
