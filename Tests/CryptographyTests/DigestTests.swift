import Bytes
import Testing

@testable import Cryptography

@Suite struct DigestTests {
  /// FIPS 180-4 and NIST's examples; the lengths around a block's padding are from sha256sum(1).
  @Test(
    arguments: [
      ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ([UInt8]("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        [UInt8]("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        [UInt8](
          "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"
        ),
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
      ),
      (
        [UInt8](repeating: 0, count: 55),
        "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"
      ),
      (
        [UInt8](repeating: 0, count: 64),
        "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"
      ),
    ] as [([UInt8], String)])
  func hashes(bytes: [UInt8], digest: String) {
    #expect(hexadecimal(SHA256.digest(bytes)) == digest)
  }

  @Test func hashesAMillionBytes() {
    let digest = SHA256.digest([UInt8](repeating: 0x61, count: 1_000_000))
    #expect(digest.count == SHA256.digestSize)
    #expect(
      hexadecimal(digest) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  @Test(arguments: [
    ("", "", true), ("a", "a", true), ("a", "b", false), ("a", "", false), ("", "a", false),
    ("secret-key", "secret-key", true), ("secret-key", "secret-kez", false),
    ("secret-key", "tecret-key", false), ("secret-key", "secret-ke", false),
    ("secret-ke", "secret-key", false), ("a\0b", "a\0b", true), ("a\0b", "a\0c", false),
  ])
  func comparesSecrets(one: String, other: String, isEqual: Bool) {
    #expect(equalInConstantTime(Array(one.utf8), Array(other.utf8)) == isEqual)
  }

  /// Every bit counts.
  @Test func seesEveryBit() {
    let secret = [UInt8](0..<64)
    for bit in 0..<512 {
      var other = secret
      other[bit / 8] ^= 1 << (bit % 8)
      #expect(!equalInConstantTime(secret, other))
    }
  }
}
