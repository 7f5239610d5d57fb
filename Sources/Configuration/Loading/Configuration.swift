import Bytes

/// A valid configuration.
///
/// Each setting of each section has a value in its range, and each reference has a target.
public final class Configuration: Sendable {
  /// `[server]`.
  public let server: ServerSettings
  /// `[context]`.
  public let context: ContextSettings
  /// `[limits]`.
  public let limits: LimitsSettings
  /// `[recorder]`.
  public let recorder: RecorderSettings
  /// `[outbox]`.
  public let outbox: OutboxSettings
  /// `[log]`.
  public let log: LogSettings
  /// `[key NAME]`, in file order; empty where the gateway serves this host alone.
  public let keys: [APIKeySettings]
  /// `[bot NAME]`, in file order; at least one.
  public let bots: [BotSettings]
  /// `[integration NAME]`, in file order, and after them the implied ones; at least one for each bot.
  public let integrations: [IntegrationSettings]
  /// `[channel NAME]`, in file order.
  public let channels: [ChannelSettings]
  /// The secrets of all integrations, channels and callbacks, and the keys that the file has in the clear.
  public var secrets: [[UInt8]] {
    @inline(never)
    get { collectedSecrets() }
  }

  private func collectedSecrets() -> [[UInt8]] {
    var secrets: [[UInt8]] = []
    for integration in integrations { secrets += integration.secrets }
    for channel in channels { secrets += channel.secrets }
    for bot in bots { secrets += bot.secrets }
    for key in keys { if case .key(let secret) = key.secret { secrets.append(secret) } }
    return secrets
  }
  /// All sections with their entries, for the management API. Never changed after loading.
  nonisolated(unsafe) let sections: [Section]

  /// Loads a configuration file from its bytes. The empty file is the built-in default. O(n).
  public static func load(
    _ bytes: [UInt8], from sources: ConfigurationSources
  ) -> ConfigurationReport {
    if bytes.count > INIDocument.maximumSize {
      var line = 1
      for byte in bytes[..<INIDocument.maximumSize] where byte == UInt8(ascii: "\n") { line += 1 }
      var list = FindingList()
      list.report(line, "the file is larger than 1 MiB")
      let layers = ConfigurationLayers(name: [])
      return ConfigurationReport(
        configuration: nil, findings: list.findings, files: [], unresolved: 0, layers: layers,
        lineMap: LineMap(name: []), sections: [])
    }
    let record = FileRecord()
    let sources = sources.recording(in: record)
    let reader = ConfigurationReader(INIDocument(parsing: bytes), sources: sources)
    var resolver = ConfigurationResolver(reader, sources: sources)
    resolver.resolve()
    resolver.list.order(from: reader.list.findings.count)
    resolver.list.place(by: reader.lines)
    let findings = resolver.list.findings
    let isComplete = reader.unresolved == 0 && !findings.contains { $0.severity == .error }
    return ConfigurationReport(
      configuration: isComplete ? Configuration(resolver) : nil, findings: findings,
      files: record.files, unresolved: reader.unresolved, layers: reader.layers,
      lineMap: reader.lines, sections: resolver.sections)
  }

  /// Fills the typed settings from sections that are complete and valid.
  private init(_ resolver: ConfigurationResolver) {
    sections = resolver.sections
    server = ServerSettings(resolver.all(.server)[0])
    context = ContextSettings(resolver.all(.context)[0])
    limits = LimitsSettings(resolver.all(.limits)[0])
    recorder = RecorderSettings(resolver.all(.recorder)[0])
    outbox = OutboxSettings(resolver.all(.outbox)[0])
    log = LogSettings(resolver.all(.log)[0])
    keys = resolver.all(.key).map(APIKeySettings.init)
    bots = resolver.all(.bot).map(BotSettings.init)
    integrations = resolver.all(.integration).map(IntegrationSettings.init)
    channels = resolver.all(.channel).map(ChannelSettings.init)
  }
}
