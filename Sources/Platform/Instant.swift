internal import CLinux

/// A point of monotonic time, independent of the wall clock; CLOCK_MONOTONIC in clock_gettime(2).
public struct Instant: Comparable, Sendable {
  /// Nanoseconds since an arbitrary start, the same for all processes until the machine restarts.
  public var nanoseconds: Int64

  /// A point this many nanoseconds after the start.
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The current time.
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

  /// The time from `start` to `end`; negative if `end` is earlier.
  public static func - (end: Instant, start: Instant) -> TimeSpan {
    TimeSpan(nanoseconds: end.nanoseconds &- start.nanoseconds)
  }
}
