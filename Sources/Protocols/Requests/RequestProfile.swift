import Bytes

/// What the requests of one integration have in common, from the configuration.
///
/// A class, since every request holds it, and counting one reference is cheaper than counting each of its arrays.
public final class RequestProfile: Sendable {
  /// The interface that the backend speaks.
  public let dialect: Dialect

  /// The model's name, for the dialects that send one.
  public let model: [UInt8]

  /// The most tokens that a reply may have; `nil` if the backend decides.
  public let maxTokens: Int?

  /// The most tokens that a client may ask for; it gets this many if it asks for more. `nil`: no limit.
  public let maxTokensLimit: Int?

  /// Names of the client's top-level fields that are not passed on: its own, and those that they are translated to.
  public let dropped: [[UInt8]]

  /// Further top-level fields, each name once. One of them replaces Postern's own field of the same name, except the
  /// reserved ones.
  public let parameters: [RequestParameter]

  /// The bot's id.
  public let botID: [UInt8]

  /// The bot's name for people.
  public let botName: [UInt8]

  /// The bot's system message, as text; `nil` or empty if it has none.
  public let system: [UInt8]?

  /// Whether it serves a client of Responses.
  let isFromResponses: Bool

  /// A profile from its parts. Without `maxTokens` the dialect's ``Dialect/standardMaxTokens`` applies.
  public init(
    dialect: Dialect, model: [UInt8] = [], maxTokens: Int? = nil, maxTokensLimit: Int? = nil,
    dropped: [[UInt8]] = [], parameters: [RequestParameter] = [], botID: [UInt8], botName: [UInt8],
    system: [UInt8]? = nil, isFromResponses: Bool = false
  ) {
    self.dialect = dialect
    self.model = model
    self.maxTokens = maxTokens ?? dialect.standardMaxTokens
    self.maxTokensLimit = maxTokensLimit
    self.dropped = dropped
    self.parameters = parameters
    self.botID = botID
    self.botName = botName
    self.system = system
    self.isFromResponses = isFromResponses
  }

  /// Whether a field of the client's is not passed on.
  func drops(_ field: Span<UInt8>) -> Bool {
    for name in dropped where name.span.equals(field) { return true }
    return false
  }

  /// Whether a parameter replaces this field.
  func overrides(_ field: StaticString) -> Bool {
    for parameter in parameters where parameter.name.span.equals(field) { return true }
    return false
  }
}
