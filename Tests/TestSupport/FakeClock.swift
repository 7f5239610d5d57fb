public import Platform

/// A clock that stands still until a test moves it.
public final class FakeClock {
  /// What the clock shows.
  public private(set) var now = Instant(nanoseconds: 1_000_000_000_000)

  /// A clock at a time that is not zero.
  public init() {}

  /// Moves the clock on.
  public func advance(_ span: TimeSpan) { now = now + span }
}
