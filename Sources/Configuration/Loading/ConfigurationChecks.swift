import Bytes
import Protocols

/// The checks that need more than one line of the file.
extension ConfigurationResolver {
  mutating func checkServer(_ server: Section) {
    server.identity = readServerIdentity(in: server)
    guard let listen = server.entry("listen"),
      let addresses = listen.text?.parsed(ListenAddress.list)
    else { return }
    if let control = server.entry("control"), let text = control.text {
      let path = text.bytes
      if path.count > ListenAddress.longestPath {
        report(
          control.origin,
          "control: the path is too long; the maximum is \(ListenAddress.longestPath) bytes")
      } else if addresses.contains(.unix(path: path)) {
        report(control.origin, "control: 'listen' has the same path; choose another one")
      } else if let fault = sources.fileFault(path) {
        warn(control.origin, "control: \(text.path) cannot be made as it is now: \(fault)")
      }
    }
    for case .unix(let path) in addresses {
      guard let fault = sources.fileFault(path) else { continue }
      warn(listen.origin, "listen: unix:\(path) cannot be made as it is now: \(fault)")
    }
    guard all(.key).isEmpty else { return }
    for address in addresses where !address.isLocal {
      return report(
        listen.origin,
        """
        listen: without a [key NAME], only loopback addresses and Unix sockets are allowed; \
        'postern key' makes a key
        """)
    }
  }

  /// Checks that the file of the ring or of the outbox can be there.
  mutating func checkFile(of section: Section, apartFrom other: Section? = nil) {
    guard let entry = section.entry("file"), let path = entry.text else { return }
    // The statistics are kept beside the ring.
    if let other, let ring = other.text("file"),
      path.bytes == ring || path.bytes == ring + [UInt8](".statistics")
    {
      report(entry.origin, "file: \(other.header) has the same file; choose another one")
    } else if let fault = sources.fileFault(path.bytes) {
      report(entry.origin, "file: \(path.path) cannot be used: \(fault)")
    }
  }

  mutating func checkKeys(_ keys: [Section]) {
    let bots = all(.bot)
    for key in keys {
      if let entry = key.entry("bots") {
        let names = entry.text?.parsed { (value) throws(InvalidValue) in try value.items() }
        for name in names ?? [] { check(name, of: "bots", in: entry, isAmong: bots) }
      }
      guard let entry = key.entry("secret") else {
        report(
          key.origin, "\(key.header) needs 'secret'; 'postern key' makes one", missing: "secret")
        continue
      }
      guard let text = entry.text else { continue }
      if text.parsed(APIKeySecret.init).isWeak {
        warn(
          entry.origin,
          "secret: a key of fewer than 8 characters is easily guessed; use a longer one")
      }
      let same = keys.first { $0.text("secret") == text.bytes }
      if let same, same !== key, let line = same.entry("secret")?.line {
        let place = lines.reference(to: line, from: self.line(of: entry.origin))
        report(entry.origin, "secret: \(same.header) has the same at \(place)")
      }
    }
  }

  mutating func checkRecorder(_ recorder: Section) {
    guard let memory = recorder.entry("memory"), let bytes = memory.number,
      1..<RecorderSettings.leastMemory ~= bytes
    else { return }
    report(memory.origin, "memory: the recorder needs at least 16K; write 0 for none")
  }

  /// Checks that a bot's name is that of a section.
  mutating func check(
    _ name: WrittenValue, of key: StaticString, in entry: SettingEntry, isAmong bots: [Section]
  ) {
    for bot in bots where bot.name == name.bytes { return }
    if name.mayBeSecret { return report(entry.origin, "\(key): there is no bot of that name") }
    let nearest = names.find(name.bytes.span, among: bots.map { $0.name })
    let hint: Text = nearest.map { "; did you mean '\(quoting: $0)'?" } ?? ""
    report(entry.origin, "\(key): there is no [bot \(quoting: name.bytes)]\(hint)")
  }
}

// MARK: - Bots

extension ConfigurationResolver {
  mutating func check(bot: Section) {
    if let text = bot.entry("system")?.line, let file = bot.entry("system_file")?.line {
      let (key, other): (StaticString, StaticString) =
        text < file ? ("system_file", "system") : ("system", "system_file")
      let (first, last) = (min(text, file), max(text, file))
      if lines.start(of: first) < lines.start(of: last) {
        // The later file replaces what the text is, whichever way it is given.
        if let entry = bot.entry(other) { bot.remove(entry) }
      } else {
        let place = lines.reference(to: first, from: last)
        list.report(last, "\(key): '\(other)' was already given at \(place)")
      }
    }
    checkAliases(of: bot)
    readSystem(of: bot)
    checkURL("callback", of: bot)
    if bot.entry("callback_secret") == nil, let callback = bot.entry("callback") {
      warn(
        callback.origin,
        """
        callback: without callback_secret, the receiver cannot tell that a reply is from Postern; write callback_secret = \
        ${NAME}, made by: echo whsec_$(openssl rand -base64 32)
        """)
    }
    let integrations = integrations(of: bot)
    checkDeadline(of: bot, integrations)
    for integration in integrations where mayTakePart(integration) { return }
    // An implied bot has an integration in the file, or an implied one that takes part.
    warn(
      bot.origin.line == nil ? integrations[0].origin : bot.origin,
      """
      no integration of [bot \(quoting: bot.name)] takes part in the draw: each is disabled, a fallback, or \
      has weight 0; change one of them
      """)
  }

  /// Checks that each alias is of this bot alone: neither the name of a bot, nor an alias of one before.
  private mutating func checkAliases(of bot: Section) {
    guard let entry = bot.entry("aliases") else { return }
    let bots = all(.bot)
    let earlier = bots.prefix { $0 !== bot }
    var seen: [ModelAlias] = []
    for alias in aliases(of: bot) {
      if seen.contains(alias) {
        report(entry.origin, "aliases: '\(alias.text)' stands in the list twice")
      }
      seen.append(alias)
      for other in bots where !alias.isPattern && alias.name == other.name {
        report(
          entry.origin, "aliases: '\(alias.text)' is the name of \(other.header); leave it out")
      }
      for other in earlier where aliases(of: other).contains(alias) {
        report(entry.origin, "aliases: '\(alias.text)' is an alias of \(other.header), too")
      }
    }
  }

  private func aliases(of bot: Section) -> [ModelAlias] {
    bot.entry("aliases")?.text?.parsed(ModelAlias.list) ?? []
  }

  /// Warns where the integrations of one message may together take longer than the deadline. Each then gets a part
  /// of it, less than its timeout.
  private mutating func checkDeadline(of bot: Section, _ integrations: [Section]) {
    guard let deadline = bot.entry("deadline"), let limit = deadline.number else { return }
    var (drawn, fallbacks) = (0, 0)
    for integration in integrations
    where integration.boolean("enabled") != false && integration.integrationKind != .echo {
      let timeout = integration.number("timeout") ?? 0
      if integration.boolean("fallback") == true {
        fallbacks += timeout
      } else {
        drawn = max(drawn, timeout)
      }
    }
    guard drawn + fallbacks > limit else { return }
    let origin = [deadline.origin, bot.origin, integrations[0].origin].first { $0.line != nil }!
    warn(
      origin,
      """
      deadline: \(bot.header)'s integrations may take \(drawn + fallbacks) ms one after another (the \
      longest timeout of those drawn, and those of the fallbacks), but this leaves \(limit) ms; raise it or lower \
      the timeouts
      """)
  }

  /// Whether messages may be drawn for an integration. An invalid value is assumed to allow it.
  private func mayTakePart(_ integration: Section) -> Bool {
    integration.boolean("enabled") != false && integration.number("weight") != 0
      && integration.boolean("fallback") != true
  }

  /// Reads `system_file`, without its last newline.
  private mutating func readSystem(of bot: Section) {
    guard var text = contents(of: "system_file", in: bot) else { return }
    if text.span.firstInvalidUTF8() != nil || text.span.firstIndex(of: 0) != nil,
      let entry = bot.entry("system_file")
    {
      report(entry.origin, "system_file: the file is not UTF-8 text, or contains a NUL byte")
    }
    text.removeLastNewline()
    bot.system = text
  }
}

// MARK: - Integrations

extension ConfigurationResolver {
  mutating func check(integration: Section) {
    checkAuthority(of: integration)
    _ = readPair(.client, in: integration)
    let kind = integration.integrationKind
    if kind?.dialect != nil, integration.entry("webhook_url") == nil {
      report(
        integration.origin, "\(integration.header) needs 'webhook_url'", missing: "webhook_url")
    }
    if kind?.dialect?.needsModel == true, integration.entry("model") == nil {
      report(integration.origin, "\(integration.header) needs 'model'", missing: "model")
    }
    if let entry = integration.entry("serves"), let kind, kind != .backend(.openai),
      integration.purposes != Purposes(.chat)
    {
      report(entry.origin, "serves: only integrations with type = openai serve more than chat")
    }
    checkURL("webhook_url", of: integration)
    checkURL("probe_url", of: integration)
  }

  /// Checks that libcurl can read a URL, and that messages and keys do not go over the network in the clear.
  private mutating func checkURL(_ key: StaticString, of section: Section) {
    guard let entry = section.entry(key), let url = entry.text?.parsed(BackendURL.init)
    else { return }
    if let fault = sources.urlFault(url.text) {
      report(entry.origin, "\(key): libcurl cannot read the URL: \(fault)")
    }
    let mayAllow = section.kind == .integration
    guard !url.isSecure, !url.isNearby, !mayAllow || section.boolean("allow_http") == false else {
      return
    }
    let host: Text = entry.isDerived ? "its host" : "'\(quoting: url.host)'"
    let other: StaticString = mayAllow ? ", or set allow_http = yes" : ""
    report(
      entry.origin,
      "\(key): http:// to \(host) would send messages and keys unencrypted; use https://\(other)")
  }

  /// Checks that `ca_file` has certificates in PEM: "CERTIFICATE", "X509 CERTIFICATE" or "TRUSTED CERTIFICATE".
  /// Whether they are valid shows when the backend is asked.
  private mutating func checkAuthority(of integration: Section) {
    guard let entry = integration.entry("ca_file"),
      let contents = contents(of: "ca_file", in: integration),
      !contents.span.containsIgnoringCase(" CERTIFICATE-----")
    else { return }
    report(entry.origin, "ca_file: the file has no certificate in PEM")
  }
}

// MARK: - Reporting

extension ConfigurationResolver {
  /// The largest file that a setting may name.
  private static let fileLimit = 1 << 20

  /// Reads the file that a setting names; `nil` where there is no such setting, or it cannot be read.
  mutating func contents(of name: StaticString, in section: Section) -> [UInt8]? {
    guard let entry = section.entry(name), let path = entry.text else { return nil }
    switch sources.file(path.bytes, Self.fileLimit) {
    case .contents(let contents):
      return contents
    case .unreadable(let reason):
      report(entry.origin, "\(name): \(path.path) cannot be read: \(reason)")
      return nil
    }
  }

  func line(of origin: SettingOrigin) -> Int {
    guard let line = origin.line else {
      preconditionFailure("an implied value cannot be wrong")
    }
    return line
  }

  mutating func report(_ origin: SettingOrigin, _ message: Text, missing: StaticString? = nil) {
    list.report(line(of: origin), message, missing: missing)
  }

  mutating func warn(_ origin: SettingOrigin, _ message: Text) {
    list.warn(line(of: origin), message)
  }
}
