internal import CCurl
import Bytes
import Platform

/// The value of Retry-After: seconds or an HTTP date (RFC 9110 section 10.2.3), or seconds with a fraction, which some
/// backends send.
enum RetryAfter {
  /// The wait that a value asks for, 0 for a date that has passed, at most a year; `nil` for nonsense.
  static func parse(_ value: Span<UInt8>, now: WallTime) -> TimeSpan? {
    if let wait = TimeSpan(decimalSeconds: value) { return wait }
    // libcurl reads all three forms of RFC 9110 section 5.6.7, and some more; curl_getdate(3).
    let date = value.copied.withCString { curl_getdate($0, nil) }
    guard date >= 0 else { return nil }
    let wait = Int64(date) - now.milliseconds / 1000
    return .seconds(Int(min(max(wait, 0), 365 * 86400)))
  }

  /// The wait that a value of `retry-after-ms` asks for, in milliseconds; `nil` for nonsense. OpenAI, Azure and Anthropic's
  /// libraries have it.
  static func parse(milliseconds value: Span<UInt8>) -> TimeSpan? {
    TimeSpan(decimalSeconds: value).map { TimeSpan(nanoseconds: $0.nanoseconds / 1000) }
  }
}
