/// `[key NAME]`: an API key, and what it allows.
///
/// Unchecked Sendable: filled before it is shared, never changed afterwards.
public final class APIKeySettings: SectionSettings, @unchecked Sendable {
  /// The section's name.
  public let id: [UInt8]
  /// What a client's key is compared with, in constant time.
  public private(set) var secret = APIKeySecret.key([])
  /// What the key allows.
  public private(set) var scopes: Scopes = []
  /// Whether a key of scope `chat` alone sees attempts, too.
  private var showsAttempts = false
  /// Ids of the only bots that the key may use; empty for all.
  public private(set) var bots: [[UInt8]] = []

  /// Whether the key's clients see what was tried for their messages, and the names of integrations.
  public var seesAttempts: Bool {
    // Keys of scope admin have both.
    showsAttempts || !scopes.isDisjoint(with: [.read, .write])
  }

  static let table = SettingRows.table(of: APIKeySettings())

  private init() {
    id = []
  }

  init(_ section: Section) {
    id = section.name
    var rows = SettingRows(filling: section)
    bind(&rows)
  }

  func bind(_ rows: inout SettingRows) {
    rows.parsed(
      "secret", .secret, &secret, APIKeySecret.init, isSecret: true,
      .init(
        """
        `sha256:…` as `postern key` prints it, or the key itself, 1 to 512 visible ASCII characters, \
        preferably by `${…}`; a key shorter than 8 gets a warning.
        """, example: "${credential:ops-key}", absence: "required"))
    rows.parsed(
      "scopes", .scopes, &scopes, Scopes.init, standard: "chat",
      """
      What the key allows, separated by commas: `chat` (messages), `read` and `write` (management), \
      `admin` (everything).
      """)
    rows.boolean(
      "show_attempts", &showsAttempts, standard: "no",
      """
      Whether a key of scope `chat` alone sees what was tried for its messages: `attempts`, `integration` and \
      `X-Postern-Attempts`. Other keys see it anyway.
      """)
    rows.parsed(
      "bots", .bots, &bots, WrittenValue.names,
      .init(
        "The only bots that the key may use, separated by commas.", example: "support, sales",
        absence: "all bots"))
  }
}
