/// Where things are in a block of a given size, and the terms of this module.
///
///     0          64                                             size - 64, rounded down
///     ┌──────────┬──────────────────────────────────────────────┬──────────┐
///     │ header   │ cells: records, and zeros between them       │ header   │
///     └──────────┴──────────────────────────────────────────────┴──────────┘
///
/// - A **cell** is 8 bytes. Records begin and end at cells. A record does not continue from the
///   last cell to the first: if it does not fit before the end, it begins at the first cell.
/// - A **position** is a count of cells that only rises, from lap to lap. A record at position `p`
///   begins at cell `p % cells`, and is older than every record at a higher position. So one 64-bit
///   number is a turn's address, its sequence number, and the proof that it is still there:
///   everything below the ring's `tail` was overwritten. The first lap is lap 1, so that 0 is not a
///   position.
/// - Cells that belong to no record are zero. So a block of zeros is an empty ring, the end of a
///   lap needs no filler, a deleted turn leaves nothing behind, and whatever is not zero is a
///   record or damage.
/// - The header is there twice, because losing it would lose everything.
struct RingLayout {
  /// The size of a cell, in bytes.
  static let cell = 8
  /// The size of the ring's header, in bytes.
  static let header = 64
  /// The size of the smallest record, in bytes.
  ///
  /// It bounds the number of conversations, and so the index. A turn of a few words with its ids is
  /// about as large.
  static let minimumRecord = 128
  /// The valid sizes of a block, in bytes.
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

  /// The offset of the copy of the header.
  var headerCopy: Int { endOfCells }

  /// The offset of the first cell.
  var firstCell: Int { Self.header }

  /// The offset after the last cell.
  var endOfCells: Int { Self.header + Int(cells) * Self.cell }

  /// The number of bytes for records, and so the most that one record can take.
  var capacity: Int { Int(cells) * Self.cell }

  /// The most conversations that there can be at once.
  var maximumConversations: Int { capacity / Self.minimumRecord }

  /// The offset of the cell at a position.
  @inline(__always)
  func offset(of position: UInt64) -> Int {
    Self.header &+ Int(truncatingIfNeeded: position % cells) &* Self.cell
  }

  /// The number of cells from a position to the end of its lap.
  @inline(__always)
  func cellsToEndOfLap(from position: UInt64) -> UInt64 { cells - position % cells }
}
