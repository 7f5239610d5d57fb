import Bytes

/// Signatures of Standard Webhooks (https://www.standardwebhooks.com), version 1: symmetric ones.
public enum WebhookSignature {
  /// The value of `webhook-signature`: one signature for each key, separated by blanks.
  ///
  /// - Parameter timestamp: of this try, in seconds since 1970.
  public static func field(
    id: Span<UInt8>, timestamp: Int, body: Span<UInt8>, keys: [[UInt8]]
  ) -> [UInt8] {
    let time: Text = "\(timestamp)"
    let content = content(id, time.bytes.span, body)
    var field: [UInt8] = []
    for key in keys {
      if !field.isEmpty { field.append(UInt8(ascii: " ")) }
      field.append("v1,")
      field.append(base64: HMACSHA256.code(of: content, key: key).span)
    }
    return field
  }

  /// Whether one of the signatures in `field` was made with one of the keys. The time is for the caller to check.
  public static func isValid(
    _ field: Span<UInt8>, id: Span<UInt8>, timestamp: Span<UInt8>, body: Span<UInt8>,
    keys: [[UInt8]]
  ) -> Bool {
    let content = content(id, timestamp, body)
    var isValid = false
    for key in keys {
      var expected = [UInt8]("v1,")
      expected.append(base64: HMACSHA256.code(of: content, key: key).span)
      var start = 0
      while start <= field.count {
        let end = field.firstIndex(of: UInt8(ascii: " "), from: start) ?? field.count
        if equalInConstantTime(field.extracting(start..<end).copied, expected) { isValid = true }
        start = end + 1
      }
    }
    return isValid
  }

  private static func content(
    _ id: Span<UInt8>, _ timestamp: Span<UInt8>, _ body: Span<UInt8>
  ) -> [UInt8] {
    var content = id.copied
    content.append(UInt8(ascii: "."))
    content.append(copying: timestamp)
    content.append(UInt8(ascii: "."))
    content.append(copying: body)
    return content
  }
}
