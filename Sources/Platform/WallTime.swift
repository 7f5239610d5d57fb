import Bytes
internal import CLinux

/// A point of civil time (UTC), for people and records; CLOCK_REALTIME in clock_gettime(2).
///
/// Not for measuring: the clock may jump. ``Instant`` measures.
public struct WallTime: Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var milliseconds: Int64

  /// A point this many milliseconds after 1970-01-01T00:00:00Z.
  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// Reads a time in UTC as ``text`` has it, with or without its fraction; `nil` for any other text.
  public init?(_ text: [UInt8]) {
    guard text.count >= 20, text.last == UInt8(ascii: "Z") else { return nil }
    func number(_ places: Range<Int>) -> Int32? {
      Int(decimal: text.span.extracting(places)).map { Int32($0) }
    }
    var parts = tm()
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
    else { return nil }
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
    let fraction = text.count >= 24 ? number(20..<23) ?? 0 : 0
    milliseconds = Int64(timegm(&parts)) * 1000 + Int64(fraction)
  }

  /// The current time.
  public static var now: WallTime {
    WallTime(milliseconds: clinux_realtime_nanoseconds() / 1_000_000)
  }

  /// How many digits a time is written with.
  public enum Precision: Sendable {
    /// `2026-01-15T10:00:00Z`
    case seconds
    /// `2026-01-15T10:00:00.000Z`
    case milliseconds
  }

  /// The time in UTC to the millisecond, as RFC 3339 has it; for the years 0 to 9999.
  public var text: InlineArray<24, UInt8> {
    let (parts, fraction) = civil
    var text: InlineArray<24, UInt8> = .init(repeating: UInt8(ascii: "-"))
    WallTime.write(Int(parts.tm_year) + 1900, to: &text, 0..<4)
    WallTime.write(Int(parts.tm_mon) + 1, to: &text, 5..<7)
    WallTime.write(Int(parts.tm_mday), to: &text, 8..<10)
    text[10] = UInt8(ascii: "T")
    WallTime.write(Int(parts.tm_hour), to: &text, 11..<13)
    text[13] = UInt8(ascii: ":")
    WallTime.write(Int(parts.tm_min), to: &text, 14..<16)
    text[16] = UInt8(ascii: ":")
    WallTime.write(Int(parts.tm_sec), to: &text, 17..<19)
    text[19] = UInt8(ascii: ".")
    WallTime.write(fraction, to: &text, 20..<23)
    text[23] = UInt8(ascii: "Z")
    return text
  }

  /// Writes a number with leading zeros into `places`.
  @inline(never)
  private static func write(
    _ value: Int, to text: inout InlineArray<24, UInt8>, _ places: Range<Int>
  ) {
    var rest = value
    var place = places.upperBound
    while place > places.lowerBound {
      place -= 1
      text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  /// Appends the time in UTC as RFC 3339 has it; for the years 0 to 9999.
  public func append(to bytes: inout [UInt8], precision: Precision) {
    let text = self.text
    switch precision {
    case .milliseconds:
      bytes.append(copying: text.span)
    case .seconds:
      bytes.append(copying: text.span.extracting(first: 19))
      bytes.append(UInt8(ascii: "Z"))
    }
  }

  /// Appends the time as in HTTP's `Date`, `Sun, 06 Nov 1994 08:49:37 GMT`; RFC 9110 section 5.6.7.
  public func appendHTTPDate(to bytes: inout [UInt8]) {
    let parts = civil.parts
    bytes.append(WallTime.days[Int(parts.tm_wday)])
    bytes.append(", ")
    bytes.append(decimal: Int(parts.tm_mday), width: 2)
    bytes.append(" ")
    bytes.append(WallTime.months[Int(parts.tm_mon)])
    bytes.append(" ")
    bytes.append(decimal: Int(parts.tm_year) + 1900, width: 4)
    bytes.append(" ")
    let clock = text
    bytes.append(copying: clock.span.extracting(11..<19))
    bytes.append(" GMT")
  }

  // Not in the function, because the linker may mix up the constant arrays of one: see `Quantity.timeUnits`.
  private static let days: [StaticString] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The civil time, and its milliseconds: 0 to 999, before 1970 too.
  private var civil: (parts: tm, milliseconds: Int) {
    let rest = milliseconds % 1000
    var seconds = time_t(clamping: milliseconds / 1000 - (rest < 0 ? 1 : 0))
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return (parts, Int(rest < 0 ? rest + 1000 : rest))
  }
}
