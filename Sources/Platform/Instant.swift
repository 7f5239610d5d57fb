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

/// A length of time.
public struct TimeSpan: Comparable, Sendable {
  /// The length; may be negative.
  public var nanoseconds: Int64

  /// A length in nanoseconds.
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// A length in milliseconds.
  public static func milliseconds(_ count: Int) -> TimeSpan {
    TimeSpan(nanoseconds: Int64(count) * 1_000_000)
  }

  /// A length in seconds.
  public static func seconds(_ count: Int) -> TimeSpan { milliseconds(count * 1000) }

  /// Whole milliseconds, rounded down.
  public var milliseconds: Int {
    Int(nanoseconds / 1_000_000 - (nanoseconds % 1_000_000 < 0 ? 1 : 0))
  }

  /// Whole milliseconds, rounded up: a wait of so long is never too short.
  public var millisecondsRoundedUp: Int {
    Int(nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 > 0 ? 1 : 0))
  }

  /// Whole seconds, rounded up.
  public var secondsRoundedUp: Int {
    Int(nanoseconds / 1_000_000_000 + (nanoseconds % 1_000_000_000 > 0 ? 1 : 0))
  }

  /// The difference of two lengths.
  public static func - (left: TimeSpan, right: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: left.nanoseconds &- right.nanoseconds)
  }

  /// Whether one length is shorter than another.
  public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}
