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

  /// Appends the time as RFC 3339 has it, in UTC.
  public func append(to bytes: inout [UInt8], precision: Precision) {
    var seconds = time_t(milliseconds / 1000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    bytes.append(decimal: Int(parts.tm_year) + 1900, width: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(decimal: Int(parts.tm_mon) + 1, width: 2)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(decimal: Int(parts.tm_mday), width: 2)
    bytes.append(UInt8(ascii: "T"))
    bytes.append(decimal: Int(parts.tm_hour), width: 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(decimal: Int(parts.tm_min), width: 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(decimal: Int(parts.tm_sec), width: 2)
    if precision == .milliseconds {
      bytes.append(UInt8(ascii: "."))
      bytes.append(decimal: Int(milliseconds % 1000), width: 3)
    }
    bytes.append(UInt8(ascii: "Z"))
  }
}
