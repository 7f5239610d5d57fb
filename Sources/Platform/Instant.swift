internal import CLinux

/// A point of monotonic time, which no change of the wall clock moves; CLOCK_MONOTONIC in clock_gettime(2).
public struct Instant: Comparable, Sendable {
  /// Since an arbitrary start.
  public var nanoseconds: Int64

  /// A point so many nanoseconds after the clock's arbitrary start.
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// This moment.
  public static var now: Instant { Instant(nanoseconds: clinux_monotonic_nanoseconds()) }

  /// Whether one point is before another.
  public static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The point `span` later.
  public static func + (instant: Instant, span: TimeSpan) -> Instant {
    Instant(nanoseconds: instant.nanoseconds &+ span.nanoseconds)
  }

  /// The point `span` earlier.
  public static func - (instant: Instant, span: TimeSpan) -> Instant {
    Instant(nanoseconds: instant.nanoseconds &- span.nanoseconds)
  }

  /// The time from one point to another; negative if `end` is earlier.
  public static func - (end: Instant, start: Instant) -> TimeSpan {
    TimeSpan(nanoseconds: end.nanoseconds &- start.nanoseconds)
  }
}
