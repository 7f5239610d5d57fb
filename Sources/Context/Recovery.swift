/// What was found in a ring that was reopened.
public struct Recovery: Equatable, Sendable {
  /// The turns that are whole.
  public internal(set) var turns = 0
  /// The bytes that belonged to no whole turn and were erased: what a crash cut off, and damage.
  public internal(set) var erasedBytes = 0

  /// Nothing was found.
  public init() {}
}
