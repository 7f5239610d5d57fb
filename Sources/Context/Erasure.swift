/// A deletion of conversations, in steps that are each short.
///
/// A ring has at most one at a time. ``ContextRing/advance(_:)`` does its steps; between them the
/// ring may be used as usual.
public struct Erasure {
  /// The conversations to delete.
  public enum Selection: Equatable, Sendable {
    /// One conversation of a bot.
    case conversation([UInt8], bot: [UInt8])
    /// The conversations of a bot that have a turn of one user, with all their turns.
    case user([UInt8], bot: [UInt8])
    /// All conversations of a bot.
    case bot([UInt8])
  }

  let selection: Selection
  /// The position where the search continues.
  var next: UInt64
  /// The ring's head at the start: a conversation without a turn before it stays.
  let end: UInt64
  /// The turn to erase next; 0 if the next conversation has to be found.
  var turn: UInt64 = 0
  /// The number of conversations that were found.
  public internal(set) var conversations = 0
}
