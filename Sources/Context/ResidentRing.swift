public import Bytes
public import Platform

/// A ring that owns the two blocks of memory which it uses.
public final class ResidentRing {
  /// The memory of its turns.
  public let block: ResidentBlock
  private let index: MemoryBlock
  /// The ring.
  public var ring: ContextRing

  /// Makes an empty ring of `byteCount` bytes, which is in ``ContextRing/blockSizes``.
  ///
  /// The block takes its memory now, so that memory does not grow with use. The index (1/12 of the
  /// block) takes it as conversations come. Throws ENOMEM if there is not enough.
  public convenience init(byteCount: Int, key: SipHash.Key) throws(SystemError) {
    self.init(
      formatting: try MemoryBlock(byteCount: byteCount, isPopulated: true),
      index: try MemoryBlock(
        byteCount: ContextRing.indexSize(forBlockOf: byteCount), isPopulated: false),
      key: key)
  }

  /// Makes an empty ring in a block of zeros.
  init(formatting block: consuming MemoryBlock, index: consuming MemoryBlock, key: SipHash.Key) {
    let block = ResidentBlock(block)
    ring = ContextRing(formatting: block.memory, index: index.bytes, key: key)
    self.block = block
    self.index = index
  }

  /// Reads the ring that is in a block; see ``ContextRing/init(reopening:index:onChange:)``.
  init(
    reopening block: consuming MemoryBlock, index: consuming MemoryBlock,
    onChange: ContextRing.ChangeHandler?
  ) throws(ContextError) {
    let block = ResidentBlock(block)
    ring = try ContextRing(reopening: block.memory, index: index.bytes, onChange: onChange)
    self.block = block
    self.index = index
  }

  /// The size of the block, in bytes.
  var byteCount: Int { block.memory.count }
}
