/// How full a ring is.
public struct RingStatistics: Equatable, Sendable {
  /// The number of conversations with at least one turn.
  public let conversations: Int
  /// The number of turns that are stored.
  public let turns: Int
  /// The bytes that their records take.
  public let usedBytes: Int
  /// The bytes for records, and so the most that one turn can take.
  public let capacity: Int
  /// The number of turns that were overwritten since the ring was made or reopened.
  public let overwritten: UInt64
}

extension ContextRing {
  /// How full the ring is. O(1).
  public var statistics: RingStatistics {
    RingStatistics(
      conversations: index.count, turns: turns, usedBytes: Int(usedCells) * RingLayout.cell,
      capacity: layout.capacity, overwritten: overwritten)
  }
}
