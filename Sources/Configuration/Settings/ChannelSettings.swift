import Bytes

/// `[channel NAME]`: a service through which people talk to a bot.
///
/// Unchecked Sendable: filled before it is shared, never changed afterwards.
public final class ChannelSettings: SectionSettings, @unchecked Sendable {
  /// The service.
  public enum Kind: Sendable {
    /// Telegram, by long polling.
    case telegram
    /// Slack's events.
    case slack
    /// A program's signed requests.
    case webhook
  }

  /// When the bot answers in a chat of several people.
  public enum Groups: Sendable {
    /// When it is mentioned, and when a message replies to it.
    case mention
    /// Always.
    case all
    /// Never.
    case never
  }

  /// The section's name.
  public let id: [UInt8]
  /// The service.
  public private(set) var kind = Kind.telegram
  /// The id of the bot that answers.
  public private(set) var bot: [UInt8] = []
  /// What Postern shows to the service: visible ASCII. Empty for a webhook.
  public private(set) var token: [UInt8] = []
  /// What the service's requests are signed with, as written. Empty for Telegram.
  public private(set) var secret: [UInt8] = []
  /// Who may talk to the bot: ids and `@name`s in lower case, or `*` for all. Empty: no person may.
  public private(set) var allowed: [[UInt8]] = []
  /// When the bot answers in groups.
  public private(set) var groups = Groups.mention
  /// For how long a message waits for further ones of its chat, which are answered together.
  public private(set) var gatherMilliseconds = 0
  /// How long after a message its reply is sent at the earliest.
  public private(set) var responseDelayMilliseconds = 0
  /// Where the service is, without a `/` at the end; `nil` for the service's own address.
  private var givenURL: BackendURL?
  /// The URL of a proxy for requests to the service.
  public private(set) var proxy: [UInt8]?

  static let table = SettingRows.table(of: ChannelSettings())

  private init() {
    id = []
  }

  init(_ section: Section) {
    id = section.name
    var rows = SettingRows(filling: section)
    bind(&rows)
  }

  func bind(_ rows: inout SettingRows) {
    rows.choice(
      "type", &kind, standard: "telegram",
      """
      The service: `telegram`, asked by long polling; `slack` and `webhook`, which send requests to \
      `/v1/channels/NAME`.
      """)
    rows.text(
      "bot", .bot, &bot,
      .init("The bot that answers.", example: "support", absence: "the bot, if there is just one"))
    rows.parsed(
      "token", .token, &token, Self.bytes, isSecret: true,
      .init(
        "What the service gave you for the bot. Telegram's is from `@BotFather`, Slack's begins with `xoxb-`.",
        example: "${TELEGRAM_TOKEN}", absence: "required for `telegram` and `slack`"))
    rows.parsed(
      "secret", .token, &secret, Self.bytes, isSecret: true,
      .init(
        """
        What the requests are signed with: Slack's signing secret; for `webhook` up to four secrets of Standard \
        Webhooks, separated by blanks.
        """, example: "${SLACK_SIGNING_SECRET}", absence: "required for `slack` and `webhook`"))
    rows.parsed(
      "allow", .people, &allowed, Self.people,
      .init(
        """
        Who may talk to the bot, separated by commas: ids of people or of groups, names such as `@ann`, or `*` for \
        all people. `postern status` shows who tried without being allowed. A webhook's signature is enough.
        """, example: "123456789, @ann", absence: "no message is answered"))
    rows.choice(
      "groups", &groups, standard: "mention",
      """
      When the bot answers in chats of several people: if it is mentioned or a message replies to it (`mention`), \
      to `all` messages, or `never`.
      """)
    rows.duration(
      "gather", 0...60_000, &gatherMilliseconds, standard: "1500ms",
      "For how long a message waits for the next one of its chat: quick messages are answered as one."
    )
    rows.duration(
      "response_delay", 0...60_000, &responseDelayMilliseconds, standard: "0",
      "How long after a message its reply is sent at the earliest. The bot is shown typing until then."
    )
    rows.parsed(
      "api_url", .url, &givenURL, { (value) throws(InvalidValue) in try BackendURL(value) },
      .init(
        "Where the service is.", example: "https://api.telegram.org",
        absence: "`https://api.telegram.org`, `https://slack.com/api`"))
    rows.parsed(
      "proxy", .proxy, &proxy, Self.bytes,
      .init(
        "A proxy for requests to the service: `http://`, `https://`, `socks5://` or `socks5h://`.",
        example: "socks5h://127.0.0.1:1080", absence: "no proxy"))
  }

  /// Where the service is, without a `/` at the end. Empty for a webhook.
  public var url: [UInt8] {
    var text = givenURL?.text ?? [UInt8](kind.standardURL)
    while text.last == UInt8(ascii: "/") { text.removeLast() }
    return text
  }

  /// Whether connections to the service may go to addresses that only this host reaches: the file names one.
  public var mayBeHostOnly: Bool { givenURL?.address != nil || givenURL?.isNearby == true }

  /// The keys of a webhook's signatures; at least one.
  public var webhookKeys: [[UInt8]] {
    WrittenValue(bytes: secret, isDerived: true).parsed(WebhookSecrets.init).keys
  }

  /// What must never be shown: the token, and the parts of the secret.
  public var secrets: [[UInt8]] {
    var secrets = [token].filter { !$0.isEmpty }
    secrets += secret.split(separator: UInt8(ascii: " ")).map { Array($0) }
    return secrets
  }

  private static func bytes(_ value: WrittenValue) throws(InvalidValue) -> [UInt8] { value.bytes }

  /// Reads a list of people.
  static func people(_ value: WrittenValue) throws(InvalidValue) -> [[UInt8]] {
    var people: [[UInt8]] = []
    for item in try value.items() {
      guard item.bytes.count <= 128, item.bytes.allSatisfy({ $0.isVisibleASCII }),
        item.bytes != [UInt8(ascii: "@")]
      else {
        throw InvalidValue("\(item.quoted) is neither an id nor a name such as @ann")
      }
      people.append(item.bytes.map { $0.lowercasedASCII })
    }
    return people
  }
}

extension ChannelSettings.Kind: SettingWord {
  package static let words: [(word: StaticString, value: Self)] = [
    ("telegram", .telegram), ("slack", .slack), ("webhook", .webhook),
  ]

  /// The word of `type`, which is also the platform of its users.
  public var name: StaticString {
    switch self {
    case .telegram: "telegram"
    case .slack: "slack"
    case .webhook: "webhook"
    }
  }

  /// Whether Postern shows a token to the service.
  var needsToken: Bool {
    switch self {
    case .telegram, .slack: true
    case .webhook: false
    }
  }

  /// Whether the service posts to `/v1/channels/NAME`, signed with a secret.
  public var takesRequests: Bool {
    switch self {
    case .telegram: false
    case .slack, .webhook: true
    }
  }

  /// Where the service is, unless `api_url` says otherwise.
  var standardURL: StaticString {
    switch self {
    case .telegram: "https://api.telegram.org"
    case .slack: "https://slack.com/api"
    case .webhook: ""
    }
  }
}

extension ChannelSettings.Groups: SettingWord {
  static let words: [(word: StaticString, value: Self)] = [
    ("mention", .mention), ("all", .all), ("never", .never),
  ]
}
