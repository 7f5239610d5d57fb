import Bytes
package import Configuration

extension IntegrationSettings {
  /// The words of a backend with each configured secret masked, because some backends repeat them.
  package func masking(_ words: [UInt8]) -> [UInt8] { words.masking(secrets) }
}

extension [UInt8] {
  /// The text with each of these secrets masked: the whole secret, and its last word (the key after `Bearer`).
  package func masking(_ secrets: [[UInt8]]) -> [UInt8] {
    var words = self
    for secret in secrets {
      let lastWord = secret.lastIndex(of: UInt8(ascii: " ")).map { secret[($0 + 1)...] } ?? []
      for part in [secret[...], lastWord] where part.count >= 4 {
        words = words.replacingAll(part, with: [UInt8](SecretMask.value))
      }
    }
    return words
  }
}
