/// Writes numbers and texts one after another, compactly; ``RecordReader`` reads them in the same order.
///
/// A number has 7 bits a byte, the lowest first; the top bit says that another byte follows. A text is its length and its
/// bytes.
public struct RecordWriter {
  /// How much of a text is written, unless another limit is given.
  public static let longestText = 256

  /// What has been written.
  public let buffer: ByteBuffer

  /// A writer that appends to a buffer.
  public init(buffer: ByteBuffer) {
    self.buffer = buffer
  }

  /// Writes a number; a negative one as 0.
  @inline(__always)
  public func put(_ number: Int) {
    put(Int64(number))
  }

  /// Writes a number; a negative one as 0.
  @inline(never)
  public func put(_ number: Int64) {
    var rest = UInt64(max(0, number))
    while rest >= 0x80 {
      buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    buffer.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Writes a number that may be missing.
  @inline(never)
  public func put(optional number: Int64?) {
    if let number { put(max(0, number) + 1) } else { put(0) }
  }

  /// Writes a number that may be missing.
  @inline(__always)
  public func put(optional number: Int?) {
    put(optional: number.map { Int64($0) })
  }

  /// Writes a text, at most its first `limit` bytes.
  @inline(never)
  public func put(_ text: [UInt8], limit: Int = longestText) {
    let count = min(text.count, limit)
    put(count)
    buffer.append(text.span.extracting(first: count))
  }
}
