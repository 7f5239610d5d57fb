/// Some turns of one conversation, newest first: where each is. The walk through a conversation
/// begins at its newest turn and readers begin at the oldest, so the places are kept in between.
///
/// Never copied: it is large for what lives on the stack of a function that is called for every message.
struct HistoryPage: ~Copyable {
  private var cells = InlineArray<100, UInt32>(repeating: 0)
  private(set) var count = 0

  /// The cell of the block at which a turn begins; the newest is at place 0.
  ///
  /// (Not inlined: in a caller that is optimised for size, the array would be copied byte by byte before it is read.)
  @inline(never)
  func cell(_ place: Int) -> Int { Int(cells[place]) }

  mutating func append(_ record: RingRecord) {
    cells[count] = UInt32(record.offset / RingLayout.cell)
    count += 1
  }
}
