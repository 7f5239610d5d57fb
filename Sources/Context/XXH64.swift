import Bytes

/// XXH64 (Collet, the xxHash specification 0.1.1): the checksum of the ring and of the outbox.
///
/// Chosen over CRC-32C, because it needs no table, takes a 64-bit seed, and misses random damage
/// with a probability of 2^-64. It reads several bytes per cycle on a 64-bit machine, so that a
/// scan of the whole ring at start costs about as much as reading the memory. It does not protect
/// against a program that can write to the ring and knows its seed.
package enum XXH64 {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  /// The hash of some bytes. O(n).
  package static func hash(_ bytes: Span<UInt8>, seed: UInt64) -> UInt64 {
    let raw = bytes.bytes
    let count = raw.byteCount
    var offset = 0
    var hash = seed &+ prime5
    if count >= 32 {
      hash = stripes(raw, seed: seed)
      offset = count & ~31
    }
    hash &+= UInt64(truncatingIfNeeded: count)
    while count &- offset >= 8 {
      hash ^= round(0, word(raw, offset))
      hash = hash.rotatedLeft(by: 27) &* prime1 &+ prime4
      offset &+= 8
    }
    if count &- offset >= 4 {
      hash ^= UInt64(half(raw, offset)) &* prime1
      hash = hash.rotatedLeft(by: 23) &* prime2 &+ prime3
      offset &+= 4
    }
    while offset < count {
      hash ^= UInt64(bytes[unchecked: offset]) &* prime5
      hash = hash.rotatedLeft(by: 11) &* prime1
      offset &+= 1
    }
    return avalanche(hash)
  }

  /// The four lanes, over the whole stripes of 32 bytes.
  private static func stripes(_ raw: RawSpan, seed: UInt64) -> UInt64 {
    var lane1 = seed &+ prime1 &+ prime2
    var lane2 = seed &+ prime2
    var lane3 = seed
    var lane4 = seed &- prime1
    var offset = 0
    while offset < raw.byteCount & ~31 {
      lane1 = round(lane1, word(raw, offset))
      lane2 = round(lane2, word(raw, offset &+ 8))
      lane3 = round(lane3, word(raw, offset &+ 16))
      lane4 = round(lane4, word(raw, offset &+ 24))
      offset &+= 32
    }
    var hash = lane1.rotatedLeft(by: 1) &+ lane2.rotatedLeft(by: 7)
    hash = hash &+ lane3.rotatedLeft(by: 12) &+ lane4.rotatedLeft(by: 18)
    hash = (hash ^ round(0, lane1)) &* prime1 &+ prime4
    hash = (hash ^ round(0, lane2)) &* prime1 &+ prime4
    hash = (hash ^ round(0, lane3)) &* prime1 &+ prime4
    return (hash ^ round(0, lane4)) &* prime1 &+ prime4
  }

  @inline(__always)
  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    (lane &+ word &* prime2).rotatedLeft(by: 31) &* prime1
  }

  @inline(__always)
  private static func avalanche(_ hash: UInt64) -> UInt64 {
    var hash = hash
    hash = (hash ^ hash &>> 33) &* prime2
    hash = (hash ^ hash &>> 29) &* prime3
    return hash ^ hash &>> 32
  }

  @inline(__always)
  private static func word(_ raw: RawSpan, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  private static func half(_ raw: RawSpan, _ offset: Int) -> UInt32 {
    UInt32(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}
