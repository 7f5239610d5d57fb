/// `[key NAME]`: who may use the gateway, and for what.
public final class APIKeySettings: Sendable {
  /// The section's name.
  public let id: [UInt8]
  /// What the presented key is checked against, in constant time.
  public let secret: APIKeySecret
  /// What the key allows.
  public let scopes: Scopes
  /// Ids of the only bots that the key reaches; empty for all.
  public let bots: [[UInt8]]

  init(_ section: Section) {
    id = section.name
    secret = section.parsed("secret", APIKeySecret.init)!
    scopes = Scopes(rawValue: UInt8(section.number("scopes")))
    bots =
      section.parsed("bots") { (value) throws(InvalidValue) in try value.items() }?.map { $0.bytes }
      ?? []
  }

  static let table: [Setting] = [
    Setting(
      "secret", .secret, example: "${credential:ops-key}", absence: "required", isSecret: true,
      """
      `sha256:…` as `postern key` printed it, or the key itself, 1 to 512 visible ASCII characters, \
      best by `${…}`; one shorter than 8 gets a warning.
      """),
    Setting(
      "scopes", .scopes, standard: "chat",
      """
      What the key is good for, by commas: `chat` (messages), `read` and `write` (management), `admin` \
      (everything).
      """),
    Setting(
      "bots", .bots, example: "support, sales", absence: "all bots",
      "The only bots that the key reaches, by commas."),
  ]
}
