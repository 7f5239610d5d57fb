/// What was found in a ring that was reopened.
public struct Recovery: Equatable, Sendable {
  /// The turns that are whole.
  public internal(set) var turns = 0
  /// The bytes that belonged to no whole turn and were erased: what a crash cut off, and damage.
  public internal(set) var erasedBytes = 0

  /// The places in which these bytes were: each was one turn, or several side by side. A
  /// process that was killed leaves at most one, with a turn that was not answered yet.
  public internal(set) var damagedTurns = 0
  /// The turns whose conversation's turn before them is gone without having been overwritten.
  public internal(set) var brokenLinks = 0

  /// The least number of turns that were lost. Damage that leaves zeros shows only in the links.
  public var lostTurns: Int { max(damagedTurns, brokenLinks) }

  /// Nothing was found.
  public init() {}
}
