/// A turn in the ring: what the user said and what the bot replied. The ring lends everything in
/// it.
public struct Turn: ~Escapable {
  /// Rises from turn to turn, over all conversations. Unique among the stored turns.
  public let sequence: UInt64
  /// When the turn was stored, in milliseconds since 1970.
  public let time: Int64
  /// The id of the integration that replied.
  public let integration: Span<UInt8>
  /// The id of the user; empty if the client gave none.
  public let userID: Span<UInt8>
  /// The content of the user's message, as it was appended: a JSON value.
  public let user: Span<UInt8>
  /// The content of the reply, as it was appended: a JSON value.
  public let reply: Span<UInt8>

  @_lifetime(borrow record)
  init(_ record: borrowing RingRecord) {
    sequence = record.position
    time = record.time
    integration = record.integration
    userID = record.userID
    user = record.user
    reply = record.reply
  }
}
