/// A length of time in nanoseconds, up to 292 years.
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
  public static func seconds(_ count: Int) -> TimeSpan {
    TimeSpan(nanoseconds: Int64(count) * 1_000_000_000)
  }

  /// Whole milliseconds, rounded down.
  public var milliseconds: Int {
    Int(clamping: nanoseconds / 1_000_000 - (nanoseconds % 1_000_000 < 0 ? 1 : 0))
  }

  /// Whole milliseconds, rounded up, so that a wait of that length is never too short.
  public var millisecondsRoundedUp: Int {
    Int(clamping: nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 > 0 ? 1 : 0))
  }

  /// Whole seconds, rounded up.
  public var secondsRoundedUp: Int {
    Int(clamping: nanoseconds / 1_000_000_000 + (nanoseconds % 1_000_000_000 > 0 ? 1 : 0))
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
