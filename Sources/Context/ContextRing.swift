public import Bytes

/// The conversations of all bots, in one fixed block of memory in which the newest turns overwrite
/// the oldest.
///
/// A **turn**, the user's message and its reply, is one record: it is stored whole or not at all,
/// and overwritten whole. A conversation is a chain of turns, from its newest, which the index
/// finds, back to the oldest that is still there. Nothing is allocated after `init`. See
/// ``RingLayout`` and ``RingRecord`` for the format.
///
/// ### Memory
/// The ring works over two blocks that the caller supplies, keeps alive for as long as the ring
/// lives, and frees: it owns neither. The block holds the turns, and is exactly as large as
/// configured; the index lies beside it, as it is rebuilt at every start and would only wear out
/// the flash under a file. It takes 1/12 of the block: 8 bytes for each slot, 4 slots for every 3
/// conversations, one conversation for every 128 bytes of block, which are the least that a turn
/// takes. Pages of either are not touched before they are used.
///
/// ### Concurrency
/// None: the ring is used by one thread.
public struct ContextRing: ~Copyable {
  /// The sizes that a block may have, in bytes: 4 KiB to 4 GiB.
  public static var blockSizes: ClosedRange<Int> { RingLayout.blockSizes }

  let storage: RingStorage
  let layout: RingLayout
  let conversationHash: ConversationHash
  /// The seed of the records' checksums.
  let seed: UInt64
  var index: ConversationIndex
  /// The position behind the newest turn.
  var head: UInt64
  /// The position from which on turns are there still. Never 0.
  var tail: UInt64
  var turns = 0
  var usedCells: UInt64 = 0
  var overwritten: UInt64 = 0
  /// What was found when the ring was reopened.
  public internal(set) var recovery = Recovery()
  /// Is told of every range of the block that has changed, with the bytes that are there now: each
  /// method that changes something calls it before it returns, most often once. Ranges are whole
  /// pages of 4096 bytes, but for the end of the block.
  public var onChange: ChangeHandler?
  /// What has changed and was not reported yet.
  var changed = 0..<0

  /// Takes the bytes of the block from an offset on.
  public typealias ChangeHandler = (_ bytes: Span<UInt8>, _ offset: Int) -> Void

  /// The bytes of index that a block of that many bytes needs.
  public static func indexSize(forBlockOf blockSize: Int) -> Int {
    let layout = RingLayout(blockSize: blockSize)
    return ConversationIndex.size(forConversations: layout.maximumConversations)
  }

  /// Makes an empty ring in a block of zeros.
  ///
  /// - Parameters:
  ///   - block: Aligned to 8 bytes, of a size in ``blockSizes``, all zeros.
  ///   - index: Aligned to 8 bytes, of at least ``indexSize(forBlockOf:)`` bytes, all zeros.
  ///   - key: Random and secret. It is stored in the block.
  public init(
    formatting block: UnsafeMutableRawBufferPointer, index: UnsafeMutableRawBufferPointer,
    key: SipHash.Key
  ) {
    self.init(formatting: block, index: index, key: key, hashMask: .max)
  }

  /// Takes up the ring that is in a block, however it was left: turns that are not whole, and
  /// damage of any kind, cost themselves and nothing else, and are erased: ``recovery`` says how
  /// much was. O(size of the block).
  ///
  /// - Parameters:
  ///   - block: Aligned to 8 bytes, of a size in ``blockSizes``, with the contents of such a block.
  ///   - index: Aligned to 8 bytes, of at least ``indexSize(forBlockOf:)`` bytes, all zeros.
  ///   - onChange: Is told of what is erased and mended already: see the property.
  /// - Throws: ``ContextError``, but not `turnTooLarge`; the block is then as it was.
  public init(
    reopening block: UnsafeMutableRawBufferPointer, index: UnsafeMutableRawBufferPointer,
    onChange: ChangeHandler? = nil
  ) throws(ContextError) {
    try self.init(reopening: block, index: index, hashMask: .max, onChange: onChange)
  }

  /// - Parameter hashMask: The bits of the conversations' hash to keep.
  init(
    formatting block: UnsafeMutableRawBufferPointer, index: UnsafeMutableRawBufferPointer,
    key: SipHash.Key, hashMask: UInt64
  ) {
    let header = RingHeader(blockSize: block.count, key: key)
    self.init(RingStorage(block), index: index, header: header, hashMask: hashMask)
    header.write(to: storage, at: 0)
    header.write(to: storage, at: layout.headerCopy)
  }

  init(
    reopening block: UnsafeMutableRawBufferPointer, index: UnsafeMutableRawBufferPointer,
    hashMask: UInt64, onChange: ChangeHandler? = nil
  ) throws(ContextError) {
    let storage = RingStorage(block)
    let header = try RingHeader.find(
      in: storage, layout: RingLayout(blockSize: block.count))
    self.init(storage, index: index, header: header, hashMask: hashMask)
    self.onChange = onChange
    mendHeaders(header)
    rebuild()
    reportChanges()
  }

  private init(
    _ storage: RingStorage, index: UnsafeMutableRawBufferPointer, header: RingHeader,
    hashMask: UInt64
  ) {
    self.storage = storage
    layout = RingLayout(blockSize: header.blockSize)
    conversationHash = ConversationHash(key: header.key, mask: hashMask)
    seed = header.checksumSeed
    self.index = ConversationIndex(
      RingStorage(index), conversations: layout.maximumConversations)
    head = layout.cells
    tail = head
  }
}
