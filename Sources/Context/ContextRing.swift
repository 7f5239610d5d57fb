public import Bytes

/// The conversations of all bots, in one fixed block of memory.
///
/// A **turn**, the user's message and its reply, is one record. It is stored whole or not at all,
/// and the newest turns overwrite the oldest, whole. A conversation is a chain of turns: the index
/// finds the newest, and each one leads to the turn before it, back to the oldest that is still
/// there. Nothing is allocated after `init`. ``RingLayout`` and ``RingRecord`` have the format.
///
/// ### Memory
/// The ring uses two blocks of the caller, who keeps them while the ring lives, and frees them. One
/// holds the turns, and has exactly the configured size. The other one holds the index. It is not
/// part of the first, because it is rebuilt at every start, and writing it to a file would only
/// wear out the flash. It takes 1/12 of the first: 8 bytes for each slot, 4 slots for every 3
/// conversations, and one conversation for every 128 bytes, which is the smallest record. No page
/// of either block is touched before it is needed.
///
/// ### Concurrency
/// None: only one thread uses the ring.
public struct ContextRing: ~Copyable {
  /// The valid sizes of a block, in bytes: 4 KiB to 4 GiB; to 1 GiB where addresses have 32 bits.
  public static var blockSizes: ClosedRange<Int> { RingLayout.blockSizes }

  let storage: RingStorage
  let layout: RingLayout
  let conversationHash: ConversationHash
  /// The seed of the checksums of the records.
  let seed: UInt64
  var index: ConversationIndex
  /// The position after the newest turn.
  var head: UInt64
  /// The position from which turns are still there. Never 0.
  var tail: UInt64
  var turns = 0
  var usedCells: UInt64 = 0
  var overwritten: UInt64 = 0
  /// What `init(reopening:…)` found and erased.
  public internal(set) var recovery = Recovery()
  /// Is called with each range of the block that has changed, and its bytes now.
  ///
  /// A method that changes something calls it before it returns, most often once. The ranges are
  /// whole pages of 4096 bytes, except at the end of the block. It must not call the ring.
  public var onChange: ChangeHandler?
  /// What has changed and was not reported yet.
  var changed = 0..<0

  /// Takes the bytes of the block from `offset` on.
  public typealias ChangeHandler = (_ bytes: Span<UInt8>, _ offset: Int) -> Void

  /// The size of the index, in bytes, for a block of `blockSize` bytes.
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

  /// Reads the ring that is in a block, in whatever state it was left.
  ///
  /// Turns that are not whole, and damage of any kind, cost only themselves. They are erased, and
  /// ``recovery`` counts them. O(size of the block).
  ///
  /// - Parameters:
  ///   - block: Aligned to 8 bytes, of a size in ``blockSizes``.
  ///   - index: Aligned to 8 bytes, of at least ``indexSize(forBlockOf:)`` bytes, all zeros.
  ///   - onChange: The handler. It is already called for what is erased and repaired here.
  /// - Throws: ``ContextError``, but not `turnTooLarge`; the block has not changed then.
  public init(
    reopening block: UnsafeMutableRawBufferPointer, index: UnsafeMutableRawBufferPointer,
    onChange: ChangeHandler? = nil
  ) throws(ContextError) {
    try self.init(reopening: block, index: index, hashMask: .max, onChange: onChange)
  }

  /// - Parameter hashMask: The bits of the conversations' hash to keep; for tests.
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
