internal import CCurl
import Bytes
import Platform

/// The value of Retry-After: seconds or an HTTP date; RFC 9110 section 10.2.3.
enum RetryAfter {
  /// The longest wait that is told apart: beyond a year, a backend might as well say never.
  private static let maximumSeconds = 365 * 86400

  /// The wait that a value asks for, 0 for a date that has passed; `nil` for nonsense.
  static func parse(_ value: Span<UInt8>, now: WallTime) -> TimeSpan? {
    if let seconds = Int(decimal: value) { return .seconds(min(seconds, maximumSeconds)) }
    // More digits than any number here has.
    if !value.isEmpty, value.indices.allSatisfy({ value[$0].isASCIIDigit }) {
      return .seconds(maximumSeconds)
    }
    // libcurl reads all three forms of RFC 9110 section 5.6.7, and some more; curl_getdate(3).
    let date = value.copied.withCString { curl_getdate($0, nil) }
    guard date >= 0 else { return nil }
    let wait = Int(date) - Int(now.milliseconds / 1000)
    return .seconds(min(max(wait, 0), maximumSeconds))
  }
}
