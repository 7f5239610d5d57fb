/// SipHash-2-4 (Aumasson and Bernstein, 2012): a 64-bit hash under a 128-bit key.
///
/// With a secret key, a client that chooses the input cannot choose collisions, which is why it is used
/// where clients pick what is hashed. With a fixed key it is the same number on every machine, in
/// every build.
public struct SipHash {
  /// The key, as two numbers in the order in which the paper reads its 16 bytes (little-endian).
  public struct Key: Equatable, Sendable {
    /// The first eight bytes.
    public let k0: UInt64
    /// The last eight bytes.
    public let k1: UInt64

    /// A key of two numbers.
    public init(_ k0: UInt64, _ k1: UInt64) {
      self.k0 = k0
      self.k1 = k1
    }
  }

  /// A hash that is the same in each process, for what is kept or compared later. A client can choose
  /// collisions.
  public static var unkeyed: SipHash { SipHash(key: Key(0, 0)) }

  private var v0: UInt64
  private var v1: UInt64
  private var v2: UInt64
  private var v3: UInt64
  /// The bytes of the word that is not full yet, lowest first.
  private var partial: UInt64 = 0
  private var count = 0

  /// Starts a hash.
  public init(key: Key) {
    v0 = key.k0 ^ 0x736f_6d65_7073_6575
    v1 = key.k1 ^ 0x646f_7261_6e64_6f6d
    v2 = key.k0 ^ 0x6c79_6765_6e65_7261
    v3 = key.k1 ^ 0x7465_6462_7974_6573
  }

  /// Adds one byte.
  @inline(__always)
  public mutating func combine(byte: UInt8) {
    partial |= UInt64(byte) &<< (8 &* UInt64(truncatingIfNeeded: count & 7))
    count &+= 1
    if count & 7 == 0 {
      absorb(partial)
      partial = 0
    }
  }

  /// Adds bytes. Pieces are hashed as if joined: a caller that needs them told apart adds their
  /// lengths.
  public mutating func combine(_ bytes: Span<UInt8>) {
    var index = 0
    while index &+ 8 <= bytes.count {
      combine(number: bytes.word(at: index))
      index &+= 8
    }
    while index < bytes.count {
      combine(byte: bytes[unchecked: index])
      index &+= 1
    }
  }

  /// Adds the eight bytes of a number, lowest first.
  public mutating func combine(number: UInt64) {
    // The lower part fills the word that is not full yet, the rest begins the next.
    let filled = 8 &* UInt64(truncatingIfNeeded: count & 7)
    absorb(partial | number &<< filled)
    partial = filled == 0 ? 0 : number &>> (64 &- filled)
    count &+= 8
  }

  /// The hash of all that was added.
  public consuming func finish() -> UInt64 {
    absorb(partial | UInt64(truncatingIfNeeded: count) &<< 56)
    v2 ^= 0xff
    for _ in 0..<4 { round() }
    return v0 ^ v1 ^ v2 ^ v3
  }

  @inline(__always)
  private mutating func absorb(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  @inline(__always)
  private mutating func round() {
    v0 &+= v1
    v1 = v1.rotatedLeft(by: 13) ^ v0
    v0 = v0.rotatedLeft(by: 32)
    v2 &+= v3
    v3 = v3.rotatedLeft(by: 16) ^ v2
    v0 &+= v3
    v3 = v3.rotatedLeft(by: 21) ^ v0
    v2 &+= v1
    v1 = v1.rotatedLeft(by: 17) ^ v2
    v2 = v2.rotatedLeft(by: 32)
  }
}
