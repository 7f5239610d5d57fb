import Bytes

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

  /// The longest length that is told apart when one is read: a year, which means never.
  private static let longestRead = 365 * 86400

  /// A length from decimal digits with or without a fraction, `1.5`, in seconds; `nil` for anything else. At most a year.
  public init?(decimalSeconds text: Span<UInt8>) {
    let point = text.firstIndex(of: UInt8(ascii: ".")) ?? text.count
    let fraction = text.extracting(min(point + 1, text.count)...)
    guard point > 0, point == text.count || !fraction.isEmpty else { return nil }
    var nanoseconds: Int64 = 0
    for index in 0..<point {
      guard text[index].isASCIIDigit else { return nil }
      nanoseconds = nanoseconds * 10 + Int64(text[index] - 0x30) * 1_000_000_000
      nanoseconds = min(nanoseconds, TimeSpan.seconds(TimeSpan.longestRead).nanoseconds)
    }
    var unit: Int64 = 100_000_000
    for index in fraction.indices {
      guard fraction[index].isASCIIDigit else { return nil }
      nanoseconds += Int64(fraction[index] - 0x30) * unit
      unit /= 10
    }
    self.init(nanoseconds: nanoseconds)
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
