import Bytes

/// The secret that a client's key is compared with.
public enum APIKeySecret: Equatable, Sendable {
  /// SHA-256 of the salt followed by the key, as `postern key` prints it. 16 and 32 bytes.
  case digest(salt: [UInt8], digest: [UInt8])
  /// The key itself: at most 512 visible ASCII characters.
  case key([UInt8])

  /// The most characters that a key may have.
  public static let longestKey = 512

  /// Reads `sha256:` with a salt of 32 and a digest of 64 hexadecimal digits, separated by a colon. Any other
  /// value is the key itself.
  init(_ value: WrittenValue) throws(InvalidValue) {
    let text = value.bytes.span
    if text.hasPrefix("sha256:") {
      guard text.count == 7 + 32 + 1 + 64, text[39] == UInt8(ascii: ":"),
        let salt = Self.unhexed(text.extracting(7..<39)),
        let digest = Self.unhexed(text.extracting(40..<104))
      else {
        throw InvalidValue(
          "after sha256: come 32 hexadecimal digits, a colon and 64 more, as 'postern key' prints them"
        )
      }
      self = .digest(salt: salt, digest: digest)
      return
    }
    if text.equals(SecretMask.value) { throw InvalidValue.mask }
    for index in text.indices where !text[index].isVisibleASCII {
      throw InvalidValue(
        "the key contains a blank or another character that is not visible ASCII; remove it")
    }
    guard text.count <= Self.longestKey else {
      throw InvalidValue("the key is longer than \(Self.longestKey) characters")
    }
    self = .key(value.bytes)
  }

  /// Whether the key can be guessed by trying, even at the rate of a network (NIST SP 800-63B section
  /// 5.1.1.1).
  var isWeak: Bool {
    if case .key(let key) = self { key.count < 8 } else { false }
  }

  private static func unhexed(_ digits: Span<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    for index in 0..<digits.count / 2 {
      guard let high = digits[2 * index].hexadecimalDigitValue,
        let low = digits[2 * index + 1].hexadecimalDigitValue
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }
}
