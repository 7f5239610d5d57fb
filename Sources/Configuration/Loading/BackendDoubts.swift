import Bytes
import Protocols

/// What makes an integration doubtful that is valid by itself: its address, its key and its type do not fit together.
extension ConfigurationResolver {
  /// Warns of what certainly fails, or does not do what it seems to.
  mutating func doubtIntegrations() {
    let addresses = all(.server)[0].entry("listen")?.text?.parsed(ListenAddress.list) ?? []
    for integration in all(.integration) where integration.origin.line != nil {
      if let kind = integration.integrationKind { doubt(integration, kind, addresses) }
    }
  }

  private mutating func doubt(
    _ integration: Section, _ kind: IntegrationSettings.Kind, _ addresses: [ListenAddress]
  ) {
    let entry = integration.entry("webhook_url")
    guard let dialect = kind.dialect else {
      guard let entry, entry.line != nil, !integration.isOff else { return }
      return warn(
        entry.origin,
        "webhook_url: with type = echo no backend is asked; write type = openai, responses, anthropic or custom"
      )
    }
    guard let entry, let url = entry.text?.parsed(BackendURL.init) else {
      _ = doubtType(of: integration, dialect, nil)
      return
    }
    let address = BackendAddress(url, isDerived: entry.isDerived)
    var doubt = address.doubtAboutPort(addresses)
    if !doubtType(of: integration, dialect, address), dialect != .custom,
      integration.purposes.contains(.chat)
    {
      doubt = address.doubt(as: dialect) ?? doubt
    }
    if let doubt { warn(entry.origin, "webhook_url: \(doubt)") }
    doubtKey(of: integration, dialect, address, at: entry.origin)
  }

  /// Warns where the format called `custom`, which is the default, does not seem to be meant.
  private mutating func doubtType(
    of integration: Section, _ dialect: Dialect, _ address: BackendAddress?
  ) -> Bool {
    guard dialect == .custom else { return false }
    let spoken = address?.dialect
    let (model, given) = (integration.entry("model")?.line, integration.entry("type")?.line)
    guard spoken != nil || model != nil, let start = integration.origin.line else { return false }
    let type: StaticString =
      switch spoken {
      case .anthropic: "anthropic"
      case .responses: "responses"
      case .openai, .custom: "openai"
      case nil: "openai, or anthropic"
      }
    let reason: StaticString =
      given != nil
      ? "type: custom is not what this backend speaks, and sends no model"
      : model != nil
        ? "model: without 'type' the format is custom, which does not send it"
        : "without 'type' the format is custom, which this backend does not speak"
    list.warn(given ?? model ?? start, "\(reason); write type = \(type)")
    return true
  }
}

// MARK: - Keys

extension ConfigurationResolver {
  private mutating func doubtKey(
    of integration: Section, _ dialect: Dialect, _ address: BackendAddress,
    at origin: SettingOrigin
  ) {
    let headers = integration.kind.row(of: "header.")
    var hasKey = false
    var hasAPIKey = false
    var authorization: (line: Int, isOAuth: Bool)?
    for entry in integration.entries where entry.row == headers {
      guard let line = entry.line else { continue }
      let name = entry.suffix
      let value = entry.text?.bytes ?? []
      if KeyMistake.mayHaveKey(field: name.span) { hasKey = true }
      if name.span.equalsIgnoringCase("x-api-key") { hasAPIKey = true }
      if name.span.equalsIgnoringCase("Authorization") {
        // Tokens of Anthropic's OAuth go into this field.
        authorization = (line, value.span.containsIgnoringCase("sk-ant-oat"))
      }
      if let vendor = address.vendor, let owner = Vendor.owner(ofKey: value),
        owner.name != vendor.name
      {
        let field: Text = "header.\(quoting: name): this is a key of \(owner.name)"
        list.warn(line, "\(field), and the backend is \(vendor.name); write its own key")
      }
    }
    if dialect == .anthropic, !hasAPIKey, let authorization, !address.takesBearer,
      !authorization.isOAuth
    {
      return list.warn(
        authorization.line,
        """
        header.Authorization: Anthropic's interface takes the key in another field; write header.x-api-key = ${NAME}, \
        without Bearer
        """)
    }
    guard !hasKey, address.url.isSecure, !address.url.isNearby, address.url.queryValues.isEmpty,
      integration.entry("client_certificate") == nil, dialect != .custom || address.vendor != nil
    else { return }
    let form: StaticString =
      dialect == .anthropic
      ? "x-api-key = ${NAME}"
      : address.isAzure ? "api-key = ${NAME}" : "Authorization = Bearer ${NAME}"
    warn(origin, "\(integration.header) has no header with a key; write header.\(form)")
  }
}

extension Vendor {
  /// The vendor whose keys begin as this header field's value does, after `Bearer`; `nil` if that is unknown.
  static func owner(ofKey value: [UInt8]) -> Vendor? {
    let start = value.span.hasPrefixIgnoringCase("Bearer ") ? 7 : 0
    return all.first {
      !$0.keyPrefix.isEmpty && value[start...].starts(with: $0.keyPrefix)
    }
  }

  /// Whether a value begins as keys do: those of vendors, of Postern, or of webhooks.
  static func beginsAsKey(_ value: [UInt8]) -> Bool {
    for start in ["sk-", "postern_", "whsec_", "Bearer "] as [StaticString]
    where value.span.hasPrefixIgnoringCase(start) {
      return true
    }
    return owner(ofKey: value) != nil
  }
}

// MARK: - Bots

extension ConfigurationResolver {
  /// Warns where some users get their own message back, because an `echo` shares the draw with a backend.
  mutating func doubtEcho(in integrations: [Section]) {
    let drawn = integrations.filter {
      $0.boolean("enabled") != false && $0.boolean("fallback") != true && $0.number("weight") != 0
    }
    guard drawn.contains(where: { $0.integrationKind?.dialect != nil }) else { return }
    for echo in drawn where echo.integrationKind == .echo {
      guard let origin = echo.entry("type")?.origin, origin.line != nil else { continue }
      warn(
        origin,
        """
        type: \(echo.header) answers its share of the messages with the messages themselves; remove it, or set \
        fallback = yes
        """)
    }
  }

  /// Warns of bots without an integration where others have backends: a typing error in `bot` leaves one so.
  mutating func doubtBots() {
    let integrations = all(.integration)
    // A `${…}` that has a value only where the gateway runs may name any bot.
    guard integrations.contains(where: { $0.integrationKind?.dialect != nil }),
      integrations.allSatisfy({ $0.text("bot") != nil })
    else { return }
    for bot in all(.bot) where self.integrations(of: bot)[0].origin.line == nil {
      warn(
        bot.origin,
        """
        \(bot.header) has no integration: it answers with the message itself; write an [integration NAME] with \
        bot = \(bot.name)
        """)
    }
  }

  /// Warns of secrets that are written out in a file that all users of the host can read.
  mutating func doubtOpenness() {
    if !sources.isOpen, !lines.hasLayers { return }
    for section in sections {
      for entry in section.entries {
        let setting = section.kind.settings[entry.row]
        guard let line = entry.line, isOpen(line), !entry.isDerived, let value = entry.text?.bytes,
          !value.isEmpty,
          setting.hides(entry.suffix.span), !value.span.hasPrefix("sha256:"),
          !setting.ignoresCase || KeyMistake.isKey(field: entry.suffix.span)
        else { continue }
        return list.warn(
          line,
          """
          \(setting.name)\(quoting: entry.suffix): every user of this host can read this file, and the secret in it; \
          forbid it with chmod o=, or write ${NAME}
          """)
      }
    }
  }

  /// Whether every user of the host may read the file that a line is in.
  private func isOpen(_ line: Int) -> Bool {
    guard let path = lines.place(of: line).path else { return sources.isOpen }
    return sources.isReadableByAll(path)
  }
}
