public import Platform

/// What a face may say about an answer, besides the reply and the attempts.
public struct AnswerFacts {
  /// The reply's id: `msg_…`, visible ASCII.
  public let identifier: [UInt8]

  /// The conversation's id.
  public let conversation: [UInt8]

  /// The integration that replied.
  public let integration: Integration

  /// How many turns of the conversation the backend was not sent, because its model does not take them.
  public let turnsLeftOut: Int

  /// When the answer was made.
  public let time: WallTime

  /// An integration, as clients see it.
  public struct Integration {
    /// The integration's id.
    public let id: [UInt8]
    /// Its name for people.
    public let name: [UInt8]
    /// Whether it stands in for others.
    public let isFallback: Bool

    /// An integration from its parts.
    public init(id: [UInt8], name: [UInt8], isFallback: Bool) {
      self.id = id
      self.name = name
      self.isFallback = isFallback
    }
  }

  /// Facts from their parts.
  public init(
    identifier: [UInt8], conversation: [UInt8], integration: Integration,
    turnsLeftOut: Int = 0, time: WallTime
  ) {
    self.identifier = identifier
    self.conversation = conversation
    self.integration = integration
    self.turnsLeftOut = turnsLeftOut
    self.time = time
  }
}
