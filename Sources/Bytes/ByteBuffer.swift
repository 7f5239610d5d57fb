/// Bytes that are put together piece by piece: what `[UInt8].append` does, at a tenth of its instructions, for the
/// texts that are built for every message.
///
/// A class, so that its bytes can be handed on without a copy. It is used from one place at a time.
public final class ByteBuffer {
  private var start: UnsafeMutablePointer<UInt8>
  /// How many bytes there is memory for.
  public private(set) var capacity: Int
  /// How many bytes there are.
  public private(set) var count = 0

  /// An empty buffer with room for `capacity` bytes, at least 1; it grows as needed.
  public init(capacity: Int) {
    self.capacity = capacity
    start = .allocate(capacity: capacity)
  }

  /// A buffer with a copy of bytes.
  public convenience init(copying bytes: Span<UInt8>) {
    self.init(capacity: max(1, bytes.count))
    append(bytes)
  }

  deinit {
    start.deallocate()
  }

  /// The bytes; valid until the next one is appended.
  public var span: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      let span = Span(_unsafeStart: start, count: count)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// Where the bytes are, for C; valid until the next one is appended or the buffer is gone.
  public var address: UnsafeRawPointer { UnsafeRawPointer(start) }

  /// A copy of the bytes.
  public var bytes: [UInt8] { span.copied }

  /// Appends a byte.
  @inline(__always)
  public func append(_ byte: UInt8) {
    if count == capacity { grow(by: 1) }
    start[count] = byte
    count += 1
  }

  /// Appends the bytes of a literal.
  public func append(_ literal: StaticString) {
    append(literal.utf8Start, literal.utf8CodeUnitCount)
  }

  /// Appends borrowed bytes.
  public func append(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBufferPointer { buffer in
      if let start = buffer.baseAddress { append(start, buffer.count) }
    }
  }

  /// Appends borrowed bytes between two literals.
  public func append(_ prefix: StaticString, _ bytes: Span<UInt8>, _ suffix: StaticString) {
    let (first, last) = (prefix.utf8CodeUnitCount, suffix.utf8CodeUnitCount)
    append(first &+ bytes.count &+ last) { room in
      room.copy(first, from: prefix.utf8Start)
      bytes.withUnsafeBufferPointer { buffer in
        if let start = buffer.baseAddress { (room + first).copy(buffer.count, from: start) }
      }
      (room + first + bytes.count).copy(last, from: suffix.utf8Start)
    }
  }

  /// Appends an integer in decimal.
  public func append(decimal value: Int64) {
    let digits = DecimalText(value)
    append(digits.span)
  }

  /// Appends an integer in decimal.
  @inline(__always)
  public func append(decimal value: Int) {
    append(decimal: Int64(value))
  }

  /// Removes the bytes after the first `count`, which must exist.
  public func truncate(to count: Int) {
    precondition(0...self.count ~= count)
    self.count = count
  }

  /// Removes the first bytes, which must exist. O(those that stay).
  public func removeFirst(_ removed: Int) {
    precondition(0...count ~= removed)
    count -= removed
    UnsafeMutableRawPointer(start).copyMemory(from: start + removed, byteCount: count)
  }

  /// Appends `length` bytes, which `fill` writes to the memory that it is given: all of them.
  @inline(__always)
  public func append(_ length: Int, by fill: (UnsafeMutablePointer<UInt8>) -> Void) {
    if count + length > capacity { grow(by: length) }
    fill(start + count)
    count += length
  }

  private func append(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    append(length) { $0.copy(length, from: bytes) }
  }

  @inline(never)
  private func grow(by length: Int) {
    let newCapacity = max(2 * capacity, count + length)
    let newStart = UnsafeMutablePointer<UInt8>.allocate(capacity: newCapacity)
    UnsafeMutableRawPointer(newStart).copyMemory(from: start, byteCount: count)
    start.deallocate()
    start = newStart
    capacity = newCapacity
  }
}

extension UnsafeMutablePointer<UInt8> {
  /// Copies bytes to here that lie elsewhere. Up to 16 are copied in place, because most pieces of a text are short
  /// and a call of memcpy(3) costs more than they do. (`update(from:count:)` is a loop over single bytes in Embedded
  /// Swift.)
  @inline(__always)
  public func copy(_ count: Int, from source: UnsafePointer<UInt8>) {
    let target = UnsafeMutableRawPointer(self)
    let source = UnsafeRawPointer(source)
    if count > 16 {
      target.copyMemory(from: source, byteCount: count)
    } else if count >= 8 {
      // Where there are fewer than 16, some are copied twice.
      let last = source.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
      target.storeBytes(of: source.loadUnaligned(as: UInt64.self), as: UInt64.self)
      target.storeBytes(of: last, toByteOffset: count - 8, as: UInt64.self)
    } else if count >= 4 {
      let last = source.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
      target.storeBytes(of: source.loadUnaligned(as: UInt32.self), as: UInt32.self)
      target.storeBytes(of: last, toByteOffset: count - 4, as: UInt32.self)
    } else {
      for index in 0..<count {
        target.storeBytes(
          of: source.load(fromByteOffset: index, as: UInt8.self), toByteOffset: index,
          as: UInt8.self)
      }
    }
  }
}
