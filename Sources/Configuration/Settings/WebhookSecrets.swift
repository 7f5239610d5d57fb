import Bytes

/// The secrets of a webhook's signature, as Standard Webhooks write them: `whsec_` and the key in base64. Several are
/// separated by blanks: while one replaces another, both are good.
public struct WebhookSecrets: Equatable, Sendable {
  /// The keys, at least one.
  public private(set) var keys: [[UInt8]] = []

  init(_ value: WrittenValue) throws(InvalidValue) {
    let text = value.bytes.span
    var start = 0
    while start < text.count {
      let end = text.firstIndex(of: UInt8(ascii: " "), from: start) ?? text.count
      if end > start { keys.append(try Self.key(text.extracting(start..<end))) }
      start = end + 1
    }
    guard 1...4 ~= keys.count else {
      throw InvalidValue("one to four secrets, separated by blanks, are expected")
    }
  }

  private static func key(_ secret: Span<UInt8>) throws(InvalidValue) -> [UInt8] {
    if secret.equals(SecretMask.value) { throw InvalidValue.mask }
    guard secret.hasPrefix("whsec_"), let key = [UInt8](base64: secret.extracting(6...)) else {
      throw InvalidValue(
        "a secret is whsec_ and a key in base64; 'openssl rand -base64 32' makes one")
    }
    guard 16...128 ~= key.count else {
      throw InvalidValue("the key after whsec_ has \(key.count) bytes; 16 to 128 are accepted")
    }
    return key
  }
}
