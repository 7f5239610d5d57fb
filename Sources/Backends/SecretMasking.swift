import Bytes
package import Configuration

extension IntegrationSettings {
  /// What a backend says, with each configured secret in it replaced, for some repeat them: the whole of it, and its
  /// last word (the key behind `Bearer`).
  package func masking(_ words: [UInt8]) -> [UInt8] {
    var words = words
    for secret in secrets {
      let lastWord = secret.lastIndex(of: UInt8(ascii: " ")).map { secret[($0 + 1)...] } ?? []
      for part in [secret[...], lastWord] where part.count >= 4 {
        words = words.replacingAll(part, with: [UInt8]("****"))
      }
    }
    return words
  }
}
