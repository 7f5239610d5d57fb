/// A turn as it is stored: what the user said and what the bot replied. Everything in it is
/// borrowed from the ring.
public struct Turn: ~Escapable {
  /// Rises from turn to turn, across all conversations; unique among the turns that are stored.
  public let sequence: UInt64
  /// When the turn was stored, in milliseconds since 1970.
  public let time: Int64
  /// The id of the integration that replied.
  public let integration: Span<UInt8>
  /// The content of the user's message, as it was given: a JSON value.
  public let user: Span<UInt8>
  /// The content of the reply, as it was given: a JSON value.
  public let reply: Span<UInt8>

  @_lifetime(borrow record)
  init(_ record: borrowing RingRecord) {
    sequence = record.position
    time = record.time
    integration = record.integration
    user = record.user
    reply = record.reply
  }
}
