/// What a ring that was reopened had lost.
public struct Recovery: Equatable, Sendable {
  /// The number of turns that are whole.
  public internal(set) var turns = 0
  /// The number of erased bytes, which belonged to no whole turn: torn turns and damage.
  public internal(set) var erasedBytes = 0

  /// The number of places where these bytes were; each was one turn, or several side by side.
  ///
  /// A killed process leaves at most one: a turn that was not answered yet.
  public internal(set) var damagedTurns = 0
  /// The number of turns whose preceding turn is missing, although it was not overwritten.
  public internal(set) var brokenLinks = 0

  /// Whether the ring had an earlier version of the format.
  public internal(set) var isUpgraded = false

  /// The least number of turns that were lost. Damage that leaves zeros shows only in the links.
  public var lostTurns: Int { max(damagedTurns, brokenLinks) }

  /// A recovery that found nothing.
  public init() {}
}
