import Bytes

/// The description of a ring, at both ends of its block.
///
/// It is written once, so no crash can tear it. Only the step to a newer version rewrites it: 64
/// bytes within one sector, first at one end, then at the other.
///
/// | bytes | |
/// |---|---|
/// | 0..<8 | `PostRing` |
/// | 8..<12 | the number 0x01020304 in the byte order of the machine that wrote the ring |
/// | 12..<16 | version of the format: 2 |
/// | 16..<24 | size of the block |
/// | 24..<28 | offset of the first cell |
/// | 28..<32 | size of the smallest record |
/// | 32..<48 | secret key of the conversations' hash |
/// | 48..<56 | secret seed of the records' checksums |
/// | 56..<64 | XXH64 of the bytes before, seed 0 |
///
/// The first 16 bytes and the checksum are at the same place in every version.
///
/// Version 1 had no ids of users. Its records are valid in version 2, because the time never reaches
/// the bits where the length of that id is. So a ring of version 1 is converted by its headers.
struct RingHeader: Equatable {
  static let magic = UInt64(littleEndian: 0x676e_6952_7473_6f50)
  static let byteOrderMark: UInt32 = 0x0102_0304
  static let version: UInt32 = 2

  /// The version of the header that was read; ``write(to:at:)`` always writes the newest.
  var version = Self.version
  let blockSize: Int
  let key: SipHash.Key
  let checksumSeed: UInt64

  init(blockSize: Int, key: SipHash.Key) {
    self.blockSize = blockSize
    self.key = key
    var derived = SipHash(key: key)
    derived.combine(number: Self.magic)
    checksumSeed = derived.finish()
  }

  /// Reads the header at `offset`, for a block of any size.
  ///
  /// - Throws: ``ContextError/damaged`` if it is not a header of a ring, or not intact; otherwise
  ///   the reason why an intact header cannot be used.
  init(from storage: RingStorage, at offset: Int) throws(ContextError) {
    guard storage.load(UInt64.self, at: offset) == Self.magic else { throw .damaged }
    let mark: UInt32 = storage.load(at: offset + 8)
    guard mark != Self.byteOrderMark.byteSwapped else { throw .foreignByteOrder }
    let checksum: UInt64 = storage.load(at: offset + 56)
    guard checksum == XXH64.hash(storage.bytes(at: offset, count: 56), seed: 0),
      mark == Self.byteOrderMark
    else { throw .damaged }
    let version: UInt32 = storage.load(at: offset + 12)
    guard 1...Self.version ~= version,
      storage.load(UInt32.self, at: offset + 24) == UInt32(RingLayout.header),
      storage.load(UInt32.self, at: offset + 28) == UInt32(RingLayout.minimumRecord)
    else { throw .unknownVersion(version) }
    let size: UInt64 = storage.load(at: offset + 16)
    guard let blockSize = Int(exactly: size), RingLayout.blockSizes.contains(blockSize) else {
      throw .differentSize(size)
    }
    self.version = version
    self.blockSize = blockSize
    key = SipHash.Key(storage.load(at: offset + 32), storage.load(at: offset + 40))
    checksumSeed = storage.load(at: offset + 48)
  }

  /// Reads a block's header from the copy that is intact.
  ///
  /// - Throws: What is wrong with them.
  static func find(in storage: RingStorage, layout: RingLayout) throws(ContextError) -> RingHeader {
    do throws(ContextError) {
      return try RingHeader(from: storage, madeFor: layout, at: 0)
    } catch {
      guard error == .damaged else { throw error }
      return try RingHeader(from: storage, madeFor: layout, at: layout.headerCopy)
    }
  }

  /// Whether this header is at `offset`.
  func isIntact(in storage: RingStorage, at offset: Int) -> Bool {
    do throws(ContextError) {
      return try RingHeader(from: storage, at: offset) == self
    } catch {
      return false
    }
  }

  private init(
    from storage: RingStorage, madeFor layout: RingLayout, at offset: Int
  ) throws(ContextError) {
    try self.init(from: storage, at: offset)
    guard blockSize == layout.blockSize else { throw .differentSize(UInt64(blockSize)) }
  }

  func write(to storage: RingStorage, at offset: Int) {
    storage.store(Self.magic, at: offset)
    storage.store(Self.byteOrderMark, at: offset + 8)
    storage.store(Self.version, at: offset + 12)
    storage.store(UInt64(blockSize), at: offset + 16)
    storage.store(UInt32(RingLayout.header), at: offset + 24)
    storage.store(UInt32(RingLayout.minimumRecord), at: offset + 28)
    storage.store(key.k0, at: offset + 32)
    storage.store(key.k1, at: offset + 40)
    storage.store(checksumSeed, at: offset + 48)
    storage.store(XXH64.hash(storage.bytes(at: offset, count: 56), seed: 0), at: offset + 56)
  }
}
