import Bytes
import Cryptography

/// The signature of Slack's requests; https://api.slack.com/authentication/verifying-requests-from-slack
enum SlackSignature {
  /// Whether `signature` is that of a body at a time. The time is for the caller to check.
  static func isValid(
    _ signature: Span<UInt8>, timestamp: Span<UInt8>, body: Span<UInt8>, secret: [UInt8]
  ) -> Bool {
    var content = [UInt8]("v0:")
    content.append(copying: timestamp)
    content.append(":")
    content.append(copying: body)
    var expected = [UInt8]("v0=")
    expected.append(hexadecimal: HMACSHA256.code(of: content, key: secret))
    return equalInConstantTime(signature.copied, expected)
  }
}
