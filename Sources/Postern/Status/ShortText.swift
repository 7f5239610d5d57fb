import Bytes
import JSON
import Platform

/// Numbers in a few characters.
enum ShortText {
  /// A time in milliseconds: `812ms`, `2.1s`, `45s`, `3m`, `7h`, `4d`.
  @inline(never)
  static func duration(_ milliseconds: Int) -> Text {
    switch max(milliseconds, 0) {
    case let number where number < 1000: return "\(number)ms"
    case let number where number < 10_000: return "\(number / 1000).\(number % 1000 / 100)s"
    case let number where number < 120_000: return "\(number / 1000)s"
    case let number where number < 7_200_000: return "\(number / 60_000)m"
    case let number where number < 172_800_000: return "\(number / 3_600_000)h"
    case let number: return "\(number / 86_400_000)d"
    }
  }

  /// A time of the API to the second, in UTC: `2026-01-15 10:00:00`.
  @inline(never)
  static func time(_ time: JSONValue?) -> Text {
    var text = printable(time)
    guard text.count >= 19 else { return Text(text) }
    text[10] = UInt8(ascii: " ")
    return Text(Array(text[..<19]))
  }

  /// How long ago a time of the API was: `3s ago`.
  @inline(never)
  static func age(_ time: JSONValue?, now: Int64) -> Text {
    guard let time = time?.string.flatMap({ WallTime($0) }) else { return "at an unknown time" }
    let seconds = Int(max(now - time.milliseconds, 0)) / 1000
    return "\(seconds < 10 ? "\(seconds)s" : duration(seconds * 1000)) ago"
  }

  /// A number of bytes: `640 B`, `88.0 KB`, `4.0 MB`.
  @inline(never)
  static func bytes(_ count: Int) -> Text {
    if count < 1024 { return "\(count) B" }
    let isSmall = count < 1 << 20
    let tenths = ((isSmall ? count : count >> 10) * 10 + 512) >> 10
    return "\(tenths / 10).\(tenths % 10) \(isSmall ? "KB" as Text : "MB")"
  }

  /// A part of a whole, from 0 to 1, as the API writes it: `75`; `-` for `null`.
  @inline(never)
  static func percent(_ part: JSONValue?) -> Text {
    guard let part, !part.isNull else { return "-" }
    // `0.750000`, or `1.000000`.
    let raw = Array(part.raw)
    guard raw.count >= 5, let hundredths = Int(decimal: raw[2..<4].span),
      let whole = Int(decimal: raw[0..<1].span), let next = Int(decimal: raw[4..<5].span)
    else { return "?" }
    return "\(whole * 100 + hundredths + (next >= 5 ? 1 : 0))"
  }
}
