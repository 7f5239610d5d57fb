import Bytes

/// A large body in which a request's own bytes replace some. It is sent from where it is.
public struct BodyFrame: Sendable {
  private let bytes: [UInt8]
  private let gap: Range<Int>

  /// `bytes`, with something else in place of those in `gap`.
  public init(_ bytes: [UInt8], replacing gap: Range<Int>) {
    self.bytes = bytes
    self.gap = gap
  }

  /// The size of the body with this many bytes in the gap.
  public func count(with inner: Int) -> Int { bytes.count - gap.count + inner }

  /// Copies what follows `position` of the body into `room`, as much as fits and is in one piece. Returns how much: 0 at
  /// the end.
  func copy(
    from position: Int, with inner: ByteBuffer, into room: UnsafeMutableRawBufferPointer
  ) -> Int {
    let innerEnd = gap.lowerBound + inner.count
    if gap.lowerBound..<innerEnd ~= position {
      let start = position - gap.lowerBound
      let count = min(room.count, inner.count - start)
      room.copyMemory(from: UnsafeRawBufferPointer(start: inner.address + start, count: count))
      return count
    }
    let isBefore = position < gap.lowerBound
    let start = isBefore ? position : position - innerEnd + gap.upperBound
    let count = min(room.count, (isBefore ? gap.lowerBound : bytes.count) - start)
    bytes.withUnsafeBytes { bytes in
      room.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
    }
    return count
  }
}
