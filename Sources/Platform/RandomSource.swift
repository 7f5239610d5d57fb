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
    // Up to 256 bytes come whole or not at all; larger requests may be cut short by a signal.
    let perCall = 256 / MemoryLayout<UInt64>.stride
    pool = [UInt64](unsafeUninitializedCapacity: 2 * perCall) { buffer, count in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      for start in [0, 256] {
        while getrandom(raw.baseAddress! + start, 256, 0) != 256 {}
      }
      count = 2 * perCall
    }
  }
}

extension RandomSource {
  /// A new identifier that nobody can guess: `prefix` and 24 hexadecimal digits (96 bits).
  public func identifier(_ prefix: StaticString) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(prefix.utf8CodeUnitCount + 24)
    text.append(
      contentsOf: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
    for (word, digits) in [(next(), 16), (next(), 8)] {
      for digit in 0..<digits {
        let value = UInt8(truncatingIfNeeded: word >> (4 * digit)) & 15
        text.append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10)
      }
    }
    return text
  }
}
