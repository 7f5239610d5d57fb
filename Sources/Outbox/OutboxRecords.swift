import Bytes
package import Context

/// Records of any length in one block of memory of fixed size.
///
///     ┌────────┬────────┬────────┬─   ─┬────────┬────────┐
///     │ header │ piece  │ piece  │  …  │ piece  │ header │
///     └────────┴────────┴────────┴─   ─┴────────┴────────┘
///
/// All pieces have 256 bytes. A record takes as many as it needs, wherever they are free, so that nothing is ever moved to
/// make room. A piece says which record it belongs to, and has a checksum of its own:
///
/// | bytes | |
/// |---|---|
/// | 0..<8 | XXH64 of the other bytes |
/// | 8..<16 | number of the entry |
/// | 16..<24 | number of the record: it rises with each one that is written |
/// | 24..<28 | bytes of the record |
/// | 28..<32 | kind of the record, and from bit 8 on the number of the piece in it |
/// | 32..<256 | the piece; zeros after its end |
///
/// A free piece is all zeros. A record is there if all its pieces are. Of several of one entry and kind the newest whole one
/// counts: a new version is written beside the old one, which is erased once the new one is on storage. So a crash or a power
/// cut leaves one of them whole, whatever order storage writes in. Damage costs the records that it touches.
package final class OutboxRecords {
  /// The valid sizes of a block, in bytes.
  package static var sizes: ClosedRange<Int> { 64 << 10...1 << 30 }

  /// A record that was found.
  package struct Found {
    package let number: UInt64
    package let kind: UInt8
    package let place: UInt32
  }

  static let piece = 256
  static let head = 32
  private static let page = 4096
  /// No outbox reaches this number, so that counting on cannot overflow.
  private static let endOfNumbers = UInt64(1) << 62

  package let block: ResidentBlock
  private let storage: RingStorage
  private let seed: UInt64
  private let pieces: Int
  /// The next piece of the same record, or of the free ones; 0 after the last.
  private var next: [UInt32]
  private var firstFree: UInt32 = 0
  private var sequence: UInt64 = 0
  private var changed = 0..<0
  /// How many pieces are free.
  package private(set) var free = 0
  /// How many records were cut off or damaged when the block was opened.
  package private(set) var damaged = 0
  /// Is called with whole pages that have changed, before a method that changes something returns.
  package var onChange: ((_ bytes: Span<UInt8>, _ offset: Int) -> Void)?

  /// How many pieces there are for records.
  package var capacity: Int { pieces - 2 }

  /// How many pieces a record takes.
  package static func pieces(for byteCount: Int) -> Int {
    max(1, (byteCount + piece - head - 1) / (piece - head))
  }

  /// Makes an empty block out of zeros.
  package init(formatting block: ResidentBlock, seed: UInt64) {
    self.block = block
    self.seed = seed
    storage = RingStorage(block.memory)
    pieces = storage.count / Self.piece
    next = [UInt32](repeating: 0, count: pieces)
    OutboxHeader(size: storage.count, seed: seed).write(to: storage)
    release(unused: [Bool](repeating: false, count: pieces))
  }

  /// Reads the records of a block, in whatever state it is. Erases what is not whole.
  ///
  /// `onFound` gets the records by entry, oldest first. O(size · log size).
  package init(
    reopening block: ResidentBlock,
    onChange: ((_ bytes: Span<UInt8>, _ offset: Int) -> Void)?, onFound: (Found) -> Void
  ) throws(ContextError) {
    let storage = RingStorage(block.memory)
    let header = try OutboxHeader(in: storage)
    self.block = block
    self.storage = storage
    seed = header.seed
    pieces = storage.count / Self.piece
    next = [UInt32](repeating: 0, count: pieces)
    self.onChange = onChange
    header.write(to: storage)
    note(0)
    note(Self.piece * (pieces - 1))
    var isUsed = [Bool](repeating: false, count: pieces)
    for found in wholeRecords() {
      var place = found.place
      repeat {
        isUsed[Int(place)] = true
        place = next[Int(place)]
      } while place != 0
      onFound(found)
    }
    release(unused: isUsed)
    report()
  }

  /// The size of the block with this beginning, of at least 64 bytes; `nil` if that is not an intact header.
  package static func size(inHeader beginning: UnsafeMutableRawBufferPointer) -> Int? {
    (try? OutboxHeader(in: RingStorage(beginning), at: 0))?.size
  }

  // MARK: Records

  /// Writes a record. Returns where it is; `nil` if there is no room.
  package func append(_ content: Span<UInt8>, number: UInt64, kind: UInt8) -> UInt32? {
    let count = Self.pieces(for: content.count)
    guard count <= free else { return nil }
    free -= count
    sequence += 1
    var (first, last) = (UInt32(0), UInt32(0))
    var start = 0
    for index in 0..<count {
      let place = firstFree
      firstFree = next[Int(place)]
      next[Int(place)] = 0
      if index == 0 { first = place } else { next[Int(last)] = place }
      last = place
      let end = min(start + Self.piece - Self.head, content.count)
      let offset = Int(place) * Self.piece
      storage.store(number, at: offset + 8)
      storage.store(sequence, at: offset + 16)
      storage.store(UInt32(content.count), at: offset + 24)
      storage.store(UInt32(index) << 8 | UInt32(kind), at: offset + 28)
      storage.copy(content.extracting(start..<end), to: offset + Self.head)
      storage.store(checksum(offset), at: offset)
      note(offset)
      start = end
    }
    report()
    return first
  }

  /// How many pieces a record takes.
  package func pieceCount(at first: UInt32) -> Int { Self.pieces(for: byteCount(at: first)) }

  /// A copy of a record.
  package func content(at first: UInt32) -> [UInt8] {
    let count = byteCount(at: first)
    var content: [UInt8] = []
    content.reserveCapacity(count)
    var place = first
    while place != 0 {
      let length = min(Self.piece - Self.head, count - content.count)
      content.append(
        copying: storage.bytes(at: Int(place) * Self.piece + Self.head, count: length))
      place = next[Int(place)]
    }
    return content
  }

  /// Erases a record.
  package func erase(at first: UInt32) {
    var place = first
    while place != 0 {
      let following = next[Int(place)]
      wipe(place)
      next[Int(place)] = firstFree
      firstFree = place
      free += 1
      place = following
    }
    report()
  }

  private func byteCount(at place: UInt32) -> Int {
    Int(storage.load(UInt32.self, at: Int(place) * Self.piece + 24))
  }

  private func checksum(_ offset: Int) -> UInt64 {
    XXH64.hash(storage.bytes(at: offset + 8, count: Self.piece - 8), seed: seed)
  }

  private func wipe(_ place: UInt32) {
    let offset = Int(place) * Self.piece
    storage.zero(at: offset, count: Self.piece)
    note(offset)
  }

  // MARK: Opening

  /// What a piece says about itself; in the order of records.
  private struct Piece {
    let place: UInt32
    let number: UInt64
    let sequence: UInt64
    let byteCount: UInt32
    let kind: UInt8
    let index: UInt32

    /// Whether it comes before another one.
    func precedes(_ other: Piece) -> Bool {
      if number != other.number { return number < other.number }
      if kind != other.kind { return kind < other.kind }
      if sequence != other.sequence { return sequence < other.sequence }
      return index < other.index
    }
  }

  private func wholeRecords() -> [Found] {
    let pieces = soundPieces()
    var records: [Found] = []
    var start = 0
    while start < pieces.count {
      let first = pieces[start]
      var end = start + 1
      while end < pieces.count, pieces[end].number == first.number,
        pieces[end].kind == first.kind, pieces[end].sequence == first.sequence
      {
        end += 1
      }
      let isWhole =
        first.index == 0 && end - start == Self.pieces(for: Int(first.byteCount))
        && pieces[end - 1].index == UInt32(end - start - 1)
      if isWhole {
        // The version before is superseded.
        if let last = records.last, last.number == first.number, last.kind == first.kind {
          wipeRecord(records.removeLast().place)
        }
        for index in start..<end - 1 { next[Int(pieces[index].place)] = pieces[index + 1].place }
        records.append(Found(number: first.number, kind: first.kind, place: first.place))
      } else {
        damaged += 1
        for index in start..<end { wipe(pieces[index].place) }
      }
      sequence = max(sequence, first.sequence)
      start = end
    }
    return records
  }

  private func wipeRecord(_ first: UInt32) {
    var place = first
    while place != 0 {
      let following = next[Int(place)]
      next[Int(place)] = 0
      wipe(place)
      place = following
    }
  }

  /// The pieces with a good checksum, in the order of records. Erases the others.
  private func soundPieces() -> [Piece] {
    var found: [Piece] = []
    for place in 1..<UInt32(pieces - 1) {
      let offset = Int(place) * Self.piece
      if storage.firstNonzeroWord(at: offset, count: Self.piece) == nil { continue }
      let label = storage.load(UInt32.self, at: offset + 28)
      let piece = Piece(
        place: place, number: storage.load(at: offset + 8),
        sequence: storage.load(at: offset + 16), byteCount: storage.load(at: offset + 24),
        kind: UInt8(truncatingIfNeeded: label), index: label >> 8)
      guard storage.load(UInt64.self, at: offset) == checksum(offset),
        max(piece.number, piece.sequence) < Self.endOfNumbers
      else {
        damaged += 1
        wipe(place)
        continue
      }
      found.append(piece)
    }
    found.sort { $0.precedes($1) }
    return found
  }

  /// Makes the pieces free that no record has, the first ones to be used first.
  private func release(unused isUsed: [Bool]) {
    for place in stride(from: pieces - 2, through: 1, by: -1) where !isUsed[place] {
      next[place] = firstFree
      firstFree = UInt32(place)
      free += 1
    }
  }

  // MARK: Changes

  /// Notes that the piece at an offset has changed. Pages side by side are reported together; whole pages, because the kernel
  /// need not read them first.
  private func note(_ offset: Int) {
    guard onChange != nil else { return }
    let page = offset & ~(Self.page - 1)
    let end = min(page + Self.page, storage.count)
    if changed.isEmpty || page > changed.upperBound || end < changed.lowerBound {
      report()
      changed = page..<end
    } else {
      changed = min(page, changed.lowerBound)..<max(end, changed.upperBound)
    }
  }

  private func report() {
    guard !changed.isEmpty else { return }
    let range = changed
    changed = 0..<0
    onChange?(storage.bytes(at: range.lowerBound, count: range.count), range.lowerBound)
  }
}
