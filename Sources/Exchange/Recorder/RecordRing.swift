import Bytes
import Platform

/// A block of memory of fixed size with records one after another; the newest overwrite the oldest.
///
/// A record is a header of 8 bytes (its length, and the distance to the header of the record before) and its bytes. It
/// does not continue from the end of the block to its start. Positions only rise, from lap to lap, so that a position
/// shows whether its record is still there.
final class RecordRing {
  private let block: MemoryBlock
  /// The position after the newest record.
  private var end: UInt64 = 0
  /// The position of the newest record's header.
  private var newest: UInt64?

  private static let header = 8

  /// Takes the memory now; throws ENOMEM if there is not enough.
  init(byteCount: Int) throws(SystemError) {
    block = try MemoryBlock(byteCount: byteCount, isPopulated: true)
  }

  /// The size of the block, in bytes.
  var capacity: Int { block.bytes.count }

  /// Appends a record. One that is larger than the block is left out.
  func append(_ record: Span<UInt8>) {
    let size = Self.header + record.count
    guard size <= capacity else { return }
    var start = end
    let room = capacity - offset(of: start)
    if size > room { start += UInt64(room) }
    let offset = offset(of: start)
    let distance = newest.map { UInt32(start - $0) } ?? 0
    block.bytes.storeBytes(of: UInt32(record.count), toByteOffset: offset, as: UInt32.self)
    block.bytes.storeBytes(of: distance, toByteOffset: offset + 4, as: UInt32.self)
    record.withUnsafeBytes { bytes in
      UnsafeMutableRawBufferPointer(rebasing: block.bytes[(offset + Self.header)...])
        .copyMemory(from: bytes)
    }
    newest = start
    end = start + UInt64(size)
  }

  /// Visits the records, the newest first, until `body` returns `false`.
  func visit(_ body: (Span<UInt8>) -> Bool) {
    var next = newest
    while let position = next, end - position <= UInt64(capacity) {
      let offset = offset(of: position)
      let count = Int(block.bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
      let distance = block.bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
      let start = offset + Self.header
      let bytes = UnsafeRawBufferPointer(rebasing: block.bytes[start..<start + count])
      guard body(Span(_unsafeBytes: bytes)) else { return }
      next = distance == 0 ? nil : position - UInt64(distance)
    }
  }

  /// Removes records, with their bytes. Returns how many.
  func remove(where isUnwanted: (Span<UInt8>) -> Bool) -> Int {
    var kept: [[UInt8]] = []
    var count = 0
    visit { record in
      if isUnwanted(record) { count += 1 } else { kept.append(record.copied) }
      return true
    }
    guard count > 0 else { return 0 }
    block.bytes.initializeMemory(as: UInt8.self, repeating: 0)
    (end, newest) = (0, nil)
    for record in kept.reversed() { append(record.span) }
    return count
  }

  /// Appends the records of another ring, as many of the newest as fit.
  func append(recordsOf other: RecordRing) {
    var records: [[UInt8]] = []
    var room = capacity
    other.visit { record in
      room -= Self.header + record.count
      if room >= 0 { records.append(record.copied) }
      return room > 0
    }
    for record in records.reversed() { append(record.span) }
  }

  private func offset(of position: UInt64) -> Int { Int(position % UInt64(capacity)) }
}
