/// Where things are in a block of a given size, and the vocabulary of the room.
///
///     0          64                                             size - 64, rounded down
///     ┌──────────┬──────────────────────────────────────────────┬──────────┐
///     │ header   │ cells: records, and zeros between them       │ header   │
///     └──────────┴──────────────────────────────────────────────┴──────────┘
///
/// - A **cell** is 8 bytes. Records begin and end at cells and do not continue from the last cell
///   to the first: one that does not fit before the end begins at the first cell again.
/// - A **position** is a count of cells that only rises, from lap to lap: a record at position `p`
///   begins at cell `p % cells`, and is older than every record at a higher position. So one 64-bit
///   number is at once a turn's address, its sequence number and its proof of being there still:
///   whatever is below the ring's `tail` has been overwritten. The first lap is lap 1, so that 0 is
///   no position.
/// - Cells that belong to no record are zero. Hence a block of zeros is an empty ring, the end of a
///   lap needs no filler, a deleted turn leaves nothing behind, and whatever is not zero is a
///   record or damage.
/// - The header is there twice, as losing it would lose everything.
struct RingLayout {
  /// The bytes of a cell.
  static let cell = 8
  /// The bytes of the ring's header.
  static let header = 64
  /// The bytes that the least record takes. It bounds how many conversations there can be, and so
  /// the index; a turn of a few words with its identifiers is about as large.
  static let minimumRecord = 128
  /// The sizes that a block may have, in bytes.
  #if _pointerBitWidth(_32)
    static let blockSizes = 4096...(1 << 30)
  #else
    static let blockSizes = 4096...(4 << 30)
  #endif

  /// The size of the block, in bytes.
  let blockSize: Int
  /// The number of cells for records.
  let cells: UInt64

  init(blockSize: Int) {
    precondition(Self.blockSizes.contains(blockSize), "a ring of impossible size")
    self.blockSize = blockSize
    cells = UInt64((blockSize - 2 * Self.header) / Self.cell)
  }

  /// The offset of the header's copy.
  var headerCopy: Int { endOfCells }

  /// The offset of the first cell.
  var firstCell: Int { Self.header }

  /// The offset behind the last cell.
  var endOfCells: Int { Self.header + Int(cells) * Self.cell }

  /// The bytes for records, and so the most that one can take.
  var capacity: Int { Int(cells) * Self.cell }

  /// The number of conversations that there can be at once.
  var maximumConversations: Int { capacity / Self.minimumRecord }

  /// The offset of the cell at a position.
  @inline(__always)
  func offset(of position: UInt64) -> Int {
    Self.header &+ Int(truncatingIfNeeded: position % cells) &* Self.cell
  }

  /// The cells from a position to the end of its lap.
  @inline(__always)
  func cellsToEndOfLap(from position: UInt64) -> UInt64 { cells - position % cells }
}
