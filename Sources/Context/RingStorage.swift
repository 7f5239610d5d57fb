/// Checked access to one fixed block of memory.
///
/// Only this file uses pointers: nothing outside the block is read or written,
/// whatever a damaged block says. Offsets and counts are in bytes. Numbers are in the machine's
/// byte order, and aligned to their size. An offset outside the block is a bug, and stops the
/// process.
///
/// The caller owns the memory, which must outlive this value and all its copies.
package struct RingStorage {
  private let base: UnsafeMutableRawPointer
  package let count: Int

  package init(_ block: UnsafeMutableRawBufferPointer) {
    guard let base = block.baseAddress else { preconditionFailure("a block without memory") }
    precondition(UInt(bitPattern: base) % 8 == 0, "a block that is not aligned to 8 bytes")
    self.base = base
    count = block.count
  }

  @inline(__always)
  private func check(_ offset: Int, _ length: Int) {
    precondition(offset >= 0 && length >= 0 && offset <= count &- length, "outside the block")
  }

  @inline(__always)
  package func load<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type = Number.self, at offset: Int
  ) -> Number {
    check(offset, MemoryLayout<Number>.size)
    return base.load(fromByteOffset: offset, as: Number.self)
  }

  @inline(__always)
  package func store<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, at offset: Int)
  {
    check(offset, MemoryLayout<Number>.size)
    base.storeBytes(of: number, toByteOffset: offset, as: Number.self)
  }

  /// The bytes of a range, lent while this value lives.
  @inline(__always)
  @_lifetime(borrow self)
  package func bytes(at offset: Int, count length: Int) -> Span<UInt8> {
    check(offset, length)
    let start = UnsafeRawPointer(base + offset).assumingMemoryBound(to: UInt8.self)
    return _overrideLifetime(Span(_unsafeStart: start, count: length), borrowing: self)
  }

  /// Copies bytes into the block. They must not be part of it.
  package func copy(_ bytes: Span<UInt8>, to offset: Int) {
    check(offset, bytes.count)
    bytes.withUnsafeBytes { source in
      guard let from = source.baseAddress else { return }
      (base + offset).copyMemory(from: from, byteCount: source.count)
    }
  }

  package func zero(at offset: Int, count length: Int) {
    check(offset, length)
    (base + offset).initializeMemory(as: UInt8.self, repeating: 0, count: length)
  }

  /// The offset of the first word of 8 bytes in the range that is not zero; `nil` if all are zero.
  ///
  /// Both arguments are multiples of 8. O(count).
  package func firstNonzeroWord(at offset: Int, count length: Int) -> Int? {
    check(offset, length)
    var next = offset
    while next < offset &+ length {
      if base.load(fromByteOffset: next, as: UInt64.self) != 0 { return next }
      next &+= 8
    }
    return nil
  }
}
