import Bytes
import Context

/// The description of the outbox's block, in its first piece and in its last.
///
/// | bytes | |
/// |---|---|
/// | 0..<8 | `PostBoxO` |
/// | 8..<12 | the number 0x01020304 in the byte order of the machine that wrote it |
/// | 12..<16 | version of the format: 1 |
/// | 16..<24 | size of the block |
/// | 24..<32 | secret seed of the checksums |
/// | 32..<40 | XXH64 of the bytes before, seed 0 |
struct OutboxHeader {
  private static let magic = UInt64(littleEndian: 0x4f78_6f42_7473_6f50)
  private static let byteOrderMark: UInt32 = 0x0102_0304
  private static let version: UInt32 = 1
  private static let length = 32

  let size: Int
  let seed: UInt64

  init(size: Int, seed: UInt64) {
    self.size = size
    self.seed = seed
  }

  /// Reads the header of a block, or its copy.
  init(in storage: RingStorage) throws(ContextError) {
    do throws(ContextError) {
      try self.init(in: storage, at: 0)
    } catch {
      guard error == .damaged else { throw error }
      try self.init(in: storage, at: Self.copy(in: storage))
    }
  }

  /// Reads the header at an offset, for a block of any size.
  init(in storage: RingStorage, at offset: Int) throws(ContextError) {
    guard storage.load(UInt64.self, at: offset) == Self.magic else { throw .damaged }
    let mark: UInt32 = storage.load(at: offset + 8)
    guard mark != Self.byteOrderMark.byteSwapped else { throw .foreignByteOrder }
    guard mark == Self.byteOrderMark,
      storage.load(UInt64.self, at: offset + Self.length) == Self.checksum(storage, offset)
    else { throw .damaged }
    let version: UInt32 = storage.load(at: offset + 12)
    guard version == Self.version else { throw .unknownVersion(version) }
    let size: UInt64 = storage.load(at: offset + 16)
    guard let count = Int(exactly: size), OutboxRecords.sizes.contains(count) else {
      throw .differentSize(size)
    }
    self.size = count
    seed = storage.load(at: offset + 24)
  }

  func write(to storage: RingStorage) {
    for offset in [0, Self.copy(in: storage)] {
      storage.store(Self.magic, at: offset)
      storage.store(Self.byteOrderMark, at: offset + 8)
      storage.store(Self.version, at: offset + 12)
      storage.store(UInt64(size), at: offset + 16)
      storage.store(seed, at: offset + 24)
      storage.store(Self.checksum(storage, offset), at: offset + Self.length)
    }
  }

  private static func copy(in storage: RingStorage) -> Int {
    (storage.count / OutboxRecords.piece - 1) * OutboxRecords.piece
  }

  private static func checksum(_ storage: RingStorage, _ offset: Int) -> UInt64 {
    XXH64.hash(storage.bytes(at: offset, count: length), seed: 0)
  }
}
