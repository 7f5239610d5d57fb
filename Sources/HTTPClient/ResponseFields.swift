import Bytes
import Platform

/// What matters here of the header fields of a response.
struct ResponseFields {
  /// Whether Content-Length is invalid: libcurl takes that for a missing one.
  private(set) var isLengthInvalid = false
  /// Whether the body's end is apart from the connection's.
  private(set) var isDelimited = false
  /// Whether Content-Length is more than the limit of the body.
  private(set) var announcesTooMuch = false
  /// What Retry-After says, and `retry-after-ms`, which is more exact; `nil` if both are missing or invalid.
  var retryAfter: TimeSpan? { preciseRetryAfter ?? roundRetryAfter }
  private var roundRetryAfter: TimeSpan?
  private var preciseRetryAfter: TimeSpan?
  /// Whether `x-should-retry` is `false`.
  private(set) var forbidsRetry = false
  /// Whether the body is compressed.
  private(set) var isEncoded = false

  /// Takes a line of the header section, which is not empty; `bodyLimit` is in bytes.
  mutating func note(_ line: Span<UInt8>, bodyLimit: Int) {
    // By the first letter: of all the lines that come, most are of other fields.
    switch line[0].lowercasedASCII {
    case UInt8(ascii: "c"):
      if let encoding = line.value(ofField: "content-encoding:") {
        isEncoded = !encoding.isEmpty && !encoding.equalsIgnoringCase("identity")
        return
      }
      guard let length = line.value(ofField: "content-length:") else { return }
      guard let count = Int(decimal: length) else { return isLengthInvalid = true }
      isDelimited = true
      announcesTooMuch = count > bodyLimit
    case UInt8(ascii: "r"):
      if let value = line.value(ofField: "retry-after:") {
        roundRetryAfter = RetryAfter.parse(value, now: .now)
      } else if let value = line.value(ofField: "retry-after-ms:") {
        preciseRetryAfter = RetryAfter.parse(milliseconds: value)
      }
    case UInt8(ascii: "t"):
      guard let coding = line.value(ofField: "transfer-encoding:") else { return }
      isDelimited = coding.extracting(last: 7).equalsIgnoringCase("chunked")
      if coding.count != 7 || !isDelimited { isEncoded = true }
    case UInt8(ascii: "x"):
      guard let value = line.value(ofField: "x-should-retry:") else { return }
      forbidsRetry = value.equalsIgnoringCase("false")
    default:
      break
    }
  }
}
