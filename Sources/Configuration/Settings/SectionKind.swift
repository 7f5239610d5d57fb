import Bytes

/// The kinds of sections.
public enum SectionKind: CaseIterable, Sendable {
  case server, context, limits, recorder, outbox, log, key, bot, integration, channel

  /// What stands in the brackets.
  package var type: StaticString {
    switch self {
    case .server: "server"
    case .context: "context"
    case .limits: "limits"
    case .recorder: "recorder"
    case .outbox: "outbox"
    case .log: "log"
    case .key: "key"
    case .bot: "bot"
    case .integration: "integration"
    case .channel: "channel"
    }
  }

  /// The most sections of the kind. A kind with only one has no names.
  package var most: Int {
    switch self {
    case .server, .context, .limits, .recorder, .outbox, .log: 1
    case .channel: 64
    case .bot: 256
    case .key, .integration: 1024
    }
  }

  /// Whether sections of this kind have a name: `[bot support]`.
  package var isNamed: Bool { most > 1 }

  /// Whether the management API may change sections of this kind. All others are the administrator's.
  package var isManaged: Bool { self == .bot || self == .integration }

  /// The settings that such a section may have.
  package var settings: [Setting] {
    switch self {
    case .server: ServerSettings.table
    case .context: ContextSettings.table
    case .limits: LimitsSettings.table
    case .recorder: RecorderSettings.table
    case .outbox: OutboxSettings.table
    case .log: LogSettings.table
    case .key: APIKeySettings.table
    case .bot: BotSettings.table
    case .integration: IntegrationSettings.table
    case .channel: ChannelSettings.table
    }
  }

  /// What the section is for, Markdown.
  package var summary: StaticString {
    switch self {
    case .server: "Where Postern listens, and what it accepts from a client."
    case .context: "The memory of conversations: a ring of fixed size that all bots share."
    case .limits: "How much may happen at once."
    case .recorder: "The flight recorder: the last exchanges, in memory, for `GET /v1/exchanges`."
    case .outbox:
      """
      The outbox: messages that were sent with `Prefer: respond-async` and wait for their reply, and replies that wait \
      for their receiver.
      """
    case .log: "What is logged to standard error."
    case .key:
      """
      An API key. Without any, only programs on the same host are served, and they may do everything. \
      `postern key NAME` makes a key and prints the section to paste.
      """
    case .bot:
      "A bot: what clients talk to. Without such a section there is one bot named `default`."
    case .integration:
      """
      A backend that answers for a bot. Each message goes to one, drawn by weight; if it fails, the bot's \
      fallbacks are asked. A bot without an integration has one named `echo`, which answers with the message.
      """
    case .channel:
      """
      A service through which people talk to a bot, without a program in between: Telegram, Slack, or signed \
      requests of your own.
      """
    }
  }

  /// The section's first line: `[bot support]`.
  func header(name: [UInt8]) -> Text {
    name.isEmpty ? "[\(type)]" : "[\(type) \(quoting: name)]"
  }

  /// The row of a setting in the table.
  @inline(never)
  func row(of name: StaticString) -> Int {
    guard let row = settings.firstIndex(where: { $0.name.equals(name) }) else {
      preconditionFailure("the table has no such setting")
    }
    return row
  }

  /// The row of the setting that a key of the file gives, if there is one.
  func setting(for key: Span<UInt8>) -> Int? {
    let settings = settings
    for row in settings.indices where settings[row].matches(key) { return row }
    return nil
  }

  /// The kind that a section's type names.
  init?(type: Span<UInt8>) {
    guard let kind = Self.allCases.first(where: { type.equals($0.type) }) else { return nil }
    self = kind
  }
}
