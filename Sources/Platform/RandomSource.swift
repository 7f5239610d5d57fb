import Bytes
internal import CLinux

/// Unpredictable random numbers from the kernel, drawn a page at a time: one system call serves hundreds of
/// messages. getrandom(2).
public final class RandomSource: RandomNumberGenerator {
  private var pool: [UInt64] = []

  /// A source with nothing drawn yet.
  public init() {}

  /// The next 64 bits; no number is handed out twice.
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
      // More than 256 bytes may be cut short by a signal; getrandom(2).
      while filled < raw.count {
        filled += max(0, getrandom(raw.baseAddress! + filled, raw.count - filled, 0))
      }
      count = words
    }
  }
}

extension RandomSource {
  /// A new identifier that nobody can guess: `prefix` and 24 hexadecimal digits (96 bits).
  public func identifier(_ prefix: StaticString) -> [UInt8] {
    let words = (next(), next())
    let length = prefix.utf8CodeUnitCount
    return [UInt8](unsafeUninitializedCapacity: length + 24) { buffer, count in
      UnsafeMutableRawPointer(buffer.baseAddress!).copyMemory(
        from: prefix.utf8Start, byteCount: length)
      for digit in 0..<24 {
        let word = digit < 16 ? words.0 : words.1
        let value = UInt8(truncatingIfNeeded: word >> (4 * (digit % 16))) & 15
        buffer[length + digit] =
          value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
      }
      count = length + 24
    }
  }
}
