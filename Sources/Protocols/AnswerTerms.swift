public import JSON

/// What a client's request and its key say about its answer.
public struct AnswerTerms: Sendable {
  /// The model that the client asked for: the answer's, until the backend names its own.
  public let model: [UInt8]

  /// Whether the client asked for an event with the usage at the end of a stream.
  public let asksForUsage: Bool

  /// When the request came, in seconds since 1970.
  public let created: Int

  /// What the client asks for.
  public let purpose: Purpose

  /// The answer if no backend can count a request's tokens.
  public let estimatedTokens: Int?

  /// The client's own request, where its answer repeats parts of it.
  public let request: JSONValue?

  /// Whether the client may see what was tried, and which integration replied.
  public let showsAttempts: Bool

  /// Terms from their parts.
  public init(
    model: [UInt8] = [], asksForUsage: Bool = false, created: Int = 0, purpose: Purpose = .chat,
    estimatedTokens: Int? = nil, request: JSONValue? = nil, showsAttempts: Bool = true
  ) {
    self.model = model
    self.purpose = purpose
    self.estimatedTokens = estimatedTokens
    self.showsAttempts = showsAttempts
    self.asksForUsage = asksForUsage
    self.created = created
    self.request = request
  }
}
