/// What a client's request says about its answer.
public struct AnswerTerms: Sendable {
  /// The model that the client asked for: the answer's, until the backend names its own.
  public let model: [UInt8]

  /// Whether the client asked for an event with the usage at the end of a stream.
  public let includesUsage: Bool

  /// When the request came, in seconds since 1970.
  public let created: Int

  /// Terms from their parts.
  public init(model: [UInt8] = [], includesUsage: Bool = false, created: Int = 0) {
    self.model = model
    self.includesUsage = includesUsage
    self.created = created
  }
}
