/// Bytes that are put together piece by piece: what `[UInt8].append` does, at a tenth of its instructions, for the
/// texts that are built for every message.
///
/// A class, so that whoever builds can hand it on; it is used from one place at a time.
public final class ByteBuffer {
  private var start: UnsafeMutablePointer<UInt8>
  /// For how many bytes there is room.
  public private(set) var capacity: Int
  /// How many bytes there are.
  public private(set) var count = 0

  /// An empty buffer with room for so many bytes, at least 1; it grows as needed.
  public init(capacity: Int) {
    self.capacity = capacity
    start = .allocate(capacity: capacity)
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

  /// Appends an integer in decimal.
  public func append(decimal value: Int) {
    let digits = DecimalText(value)
    append(digits.span)
  }

  /// Takes the bytes behind the first `count` away, which there must be.
  public func truncate(to count: Int) {
    precondition(0...self.count ~= count)
    self.count = count
  }

  /// Takes the first bytes away, which there must be. O(those that stay).
  public func removeFirst(_ removed: Int) {
    precondition(0...count ~= removed)
    count -= removed
    UnsafeMutableRawPointer(start).copyMemory(from: start + removed, byteCount: count)
  }

  private func append(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    if count + length > capacity { grow(by: length) }
    // (`update(from:count:)` is a loop over single bytes in Embedded Swift.)
    UnsafeMutableRawPointer(start + count).copyMemory(from: bytes, byteCount: length)
    count += length
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
