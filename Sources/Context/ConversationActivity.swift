/// How many turns a conversation has in the ring, and from when.
public struct ConversationActivity: Equatable, Sendable {
  /// The number of turns; each is two messages.
  public let turns: Int
  /// When the oldest turn was stored, in milliseconds since 1970.
  public let oldest: Int64
  /// When the newest turn was stored, in milliseconds since 1970.
  public let newest: Int64
}
