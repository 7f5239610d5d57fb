/// `[bot NAME]`: what clients talk to.
///
/// Unchecked Sendable: filled before it is shared, never changed afterwards.
public final class BotSettings: SectionSettings, @unchecked Sendable {
  /// How clients that stream receive a reply.
  public enum Delivery: Sendable {
    /// As it is produced.
    case live
    /// Once it is complete and valid.
    case whole
  }

  /// What stays with its first integration.
  public enum Stickiness: Sendable {
    /// Nothing: each message is drawn for.
    case nothing
    /// A conversation.
    case conversation
    /// A user; a conversation of an unknown one.
    case user
  }

  /// The section's name.
  public let id: [UInt8]
  /// What people call it.
  public private(set) var name: [UInt8] = []
  /// The system message, from `system` or `system_file`; empty for none. Valid UTF-8.
  public var system: [UInt8] { systemContents ?? systemText ?? [] }
  /// Messages sent with each request, the new one included: 1 to 200.
  public private(set) var window = 0
  /// What the user is told when all integrations fail.
  public private(set) var errorMessage: [UInt8] = []
  /// What stays with its first integration.
  public private(set) var stickiness = Stickiness.nothing
  /// After how long a stream that has brought nothing has the next integration asked, too; `nil` for never.
  public private(set) var hedgeMilliseconds: Int?
  /// The whole exchange, all attempts and waits together.
  public private(set) var deadlineMilliseconds = 0
  /// How clients that stream receive a reply.
  public private(set) var delivery = Delivery.live
  /// Further names that clients may give as a `model`.
  public private(set) var aliases: [ModelAlias] = []
  /// Where replies to messages that were sent with `Prefer: respond-async` are POSTed.
  public private(set) var callback: BackendURL?
  /// The secrets that sign what is POSTed there; `nil` for no signature.
  public private(set) var callbackSecrets: WebhookSecrets?
  /// What must not be shown: the callback's secrets, and the values in its query.
  private(set) var secrets: [[UInt8]] = []
  private var systemText: [UInt8]?
  private var systemFile: [UInt8]?
  private let systemContents: [UInt8]?

  static let table = SettingRows.table(of: BotSettings())

  private init() {
    id = []
    systemContents = nil
  }

  init(_ section: Section) {
    id = section.name
    systemContents = section.system
    var rows = SettingRows(filling: section)
    bind(&rows)
    secrets = section.secrets + (callback?.queryValues ?? [])
  }

  func bind(_ rows: inout SettingRows) {
    rows.text(
      "name", .line, &name,
      .init("What people call it.", example: "Support Bot", absence: "the section's name"))
    rows.text(
      "system", .prose(mayBeEmpty: true), &systemText,
      .init(
        "The system message, sent before every conversation.", example: "You are terse.",
        absence: "no system message"))
    rows.text(
      "system_file", .path, &systemFile,
      .init(
        "A file with the system message, instead of `system`; at most 1 MiB.",
        example: "/etc/postern/support.txt", absence: "no system message"))
    rows.count(
      "window", 1...200, &window,
      .init(
        "How many messages are sent with each request, the new one included.", example: "20",
        absence: "that of `[context]`"))
    rows.text(
      "error_message", .prose(mayBeEmpty: false), &errorMessage,
      standard: "Sorry, I can't answer right now. Please try again in a moment.",
      "What the user is told when all integrations have failed.")
    rows.choice(
      "sticky", &stickiness, standard: "no", isFlag: true,
      """
      Whether a conversation stays with its first integration; `user`: whether a user does, in all conversations.
      """)
    rows.duration(
      "hedge", 1...Quantity.day, &hedgeMilliseconds, standard: "no",
      """
      After how long the next integration is asked, too, for a client that streams and has received nothing. The first that \
      speaks is heard, and the other is cancelled. It costs a second request.
      """)
    rows.duration(
      "deadline", 1...Quantity.day, &deadlineMilliseconds, standard: "120s",
      "How long the whole exchange may take, all attempts and waits together.")
    rows.choice(
      "delivery", &delivery, standard: "live",
      "What clients that stream receive: the reply as it is produced, or once it is complete and valid."
    )
    rows.parsed(
      "aliases", .models, &aliases, ModelAlias.list,
      .init(
        """
        Further names that clients may give as a `model`, separated by commas. One that ends in `*` stands for all that begin \
        so; the longest that fits counts.
        """, example: "gpt-4o, gpt-*", absence: "the bot's name alone"))
    rows.parsed(
      "callback", .url, &callback, { (value) throws(InvalidValue) in try BackendURL(value) },
      .init(
        """
        Where replies and failures are POSTed of messages that were sent with `Prefer: respond-async`, as Standard \
        Webhooks have it.
        """, example: "https://app.example/replies", absence: "nowhere"))
    rows.parsed(
      "callback_secret", .webhookSecrets, &callbackSecrets,
      { (value) throws(InvalidValue) in try WebhookSecrets(value) }, isSecret: true,
      .init(
        """
        The secret of the callback's signature: `whsec_` and a key in base64. With several, separated by blanks, there are \
        as many signatures, so that the receiver can change from one to the other.
        """, example: "${CALLBACK_SECRET}", absence: "no signature"))
  }
}

extension BotSettings.Stickiness: SettingWord {
  static let words: [(word: StaticString, value: Self)] = [
    ("no", .nothing), ("yes", .conversation), ("user", .user),
  ]
}

extension BotSettings.Delivery: SettingWord {
  static let words: [(word: StaticString, value: Self)] = [
    ("live", .live), ("whole", .whole),
  ]
}
