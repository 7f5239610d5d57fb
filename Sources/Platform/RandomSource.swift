import Bytes
internal import CLinux

/// Unpredictable random numbers from the kernel; getrandom(2).
///
/// One system call draws 4096 bytes, which last for a hundred messages or more. Not for several
/// threads.
public final class RandomSource: RandomNumberGenerator {
  private var pool: [UInt64] = []

  /// A source that has drawn nothing yet.
  public init() {}

  /// The next 64 bits. None are used twice.
  public func next() -> UInt64 {
    if pool.isEmpty { refill() }
    return pool.removeLast()
  }

  /// The next `count` bytes.
  public func bytes(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 7)
    while bytes.count < count {
      var word = next()
      for _ in 0..<8 {
        bytes.append(UInt8(truncatingIfNeeded: word))
        word >>= 8
      }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  private func refill() {
    let words = 512
    pool = [UInt64](unsafeUninitializedCapacity: words) { buffer, count in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      var filled = 0
      // A signal may cut a call for more than 256 bytes short; getrandom(2).
      while filled < raw.count {
        filled += max(0, getrandom(raw.baseAddress! + filled, raw.count - filled, 0))
      }
      count = words
    }
  }
}

extension RandomSource {
  /// A new identifier that cannot be guessed: `prefix` and 24 hexadecimal digits (96 bits).
  public func identifier(_ prefix: StaticString) -> [UInt8] {
    let words = (next(), next())
    let length = prefix.utf8CodeUnitCount
    return [UInt8](unsafeUninitializedCapacity: length + 24) { buffer, count in
      UnsafeMutableRawPointer(buffer.baseAddress!).copyMemory(
        from: prefix.utf8Start, byteCount: length)
      let digits = UnsafeMutableRawPointer(buffer.baseAddress! + length)
      let halves = (words.0 & 0xFFFF_FFFF, words.0 >> 32, words.1 & 0xFFFF_FFFF)
      digits.storeBytes(of: hexadecimalDigits(halves.0), as: UInt64.self)
      digits.storeBytes(of: hexadecimalDigits(halves.1), toByteOffset: 8, as: UInt64.self)
      digits.storeBytes(of: hexadecimalDigits(halves.2), toByteOffset: 16, as: UInt64.self)
      count = length + 24
    }
  }

  /// Eight digits, one in each byte, for a number of 32 bits. All at once, because every message
  /// needs two identifiers.
  private func hexadecimalDigits(_ number: UInt64) -> UInt64 {
    var nibbles = number
    nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
    nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
    nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0F
    // 1 in each byte that is 10 or more. "a" is 39 after "0" + 10.
    let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39
  }
}
