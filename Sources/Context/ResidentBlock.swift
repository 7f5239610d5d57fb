public import Platform

/// A block of memory that a file mirrors.
public final class ResidentBlock {
  private let block: MemoryBlock

  /// Takes ownership of a block.
  public init(_ block: consuming MemoryBlock) {
    self.block = block
  }

  /// The memory; valid while this object lives.
  public var memory: UnsafeMutableRawBufferPointer { block.bytes }

  /// Some bytes of it.
  @_lifetime(borrow self)
  public func bytes(in range: Range<Int>) -> Span<UInt8> {
    let part = UnsafeRawBufferPointer(rebasing: block.bytes[range])
    return _overrideLifetime(Span(_unsafeBytes: part), borrowing: self)
  }
}
