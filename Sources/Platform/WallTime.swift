import Bytes
internal import CLinux

/// A point of civil time (UTC), for people and for records; never for measuring. CLOCK_REALTIME.
public struct WallTime: Sendable {
  /// Since 1970-01-01T00:00:00Z.
  public var milliseconds: Int64

  /// A point so many milliseconds after 1970-01-01T00:00:00Z.
  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// This moment.
  public static var now: WallTime {
    WallTime(milliseconds: clinux_realtime_nanoseconds() / 1_000_000)
  }

  /// How exactly a time is written.
  public enum Precision: Sendable {
    /// `2026-01-15T10:00:00Z`
    case seconds
    /// `2026-01-15T10:00:00.000Z`
    case milliseconds
  }

  /// Appends the time as RFC 3339 has it, in UTC; for the years 0 to 9999.
  public func append(to bytes: inout [UInt8], precision: Precision) {
    let (parts, fraction) = civil
    bytes.append(decimal: Int(parts.tm_year) + 1900, width: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(decimal: Int(parts.tm_mon) + 1, width: 2)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(decimal: Int(parts.tm_mday), width: 2)
    bytes.append(UInt8(ascii: "T"))
    WallTime.appendClock(parts, to: &bytes)
    if precision == .milliseconds {
      bytes.append(UInt8(ascii: "."))
      bytes.append(decimal: fraction, width: 3)
    }
    bytes.append(UInt8(ascii: "Z"))
  }

  /// Appends the time as HTTP's `Date` has it, `Sun, 06 Nov 1994 08:49:37 GMT`; RFC 9110 section 5.6.7.
  public func appendHTTPDate(to bytes: inout [UInt8]) {
    let days: [StaticString] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months: [StaticString] = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let parts = civil.parts
    bytes.append(days[Int(parts.tm_wday)])
    bytes.append(", ")
    bytes.append(decimal: Int(parts.tm_mday), width: 2)
    bytes.append(" ")
    bytes.append(months[Int(parts.tm_mon)])
    bytes.append(" ")
    bytes.append(decimal: Int(parts.tm_year) + 1900, width: 4)
    bytes.append(" ")
    WallTime.appendClock(parts, to: &bytes)
    bytes.append(" GMT")
  }

  /// The civil time, and the milliseconds beyond its second, which are not negative before 1970 either.
  private var civil: (parts: tm, milliseconds: Int) {
    let rest = milliseconds % 1000
    var seconds = time_t(milliseconds / 1000 - (rest < 0 ? 1 : 0))
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return (parts, Int(rest < 0 ? rest + 1000 : rest))
  }

  private static func appendClock(_ parts: tm, to bytes: inout [UInt8]) {
    bytes.append(decimal: Int(parts.tm_hour), width: 2)
    bytes.append(":")
    bytes.append(decimal: Int(parts.tm_min), width: 2)
    bytes.append(":")
    bytes.append(decimal: Int(parts.tm_sec), width: 2)
  }
}
