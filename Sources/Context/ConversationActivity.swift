/// What is stored of a conversation.
public struct ConversationActivity: Equatable, Sendable {
  /// The turns that are stored; each is two messages.
  public let turns: Int
  /// When the oldest of them was stored, in milliseconds since 1970.
  public let oldest: Int64
  /// When the newest was.
  public let newest: Int64
}
