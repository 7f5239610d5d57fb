/// The places of some turns of one conversation, newest first.
///
/// The walk through a conversation starts at its newest turn, and readers start at the oldest, so
/// the places are kept in between.
///
/// The page is large for the stack of a function that runs for every message, so it is never
/// copied.
struct HistoryPage: ~Copyable {
  private var cells = InlineArray<100, UInt32>(repeating: 0)
  private(set) var count = 0

  /// The cell at which a turn begins; the newest turn is at place 0.
  ///
  /// Read through a span: the array's own subscript would copy all of it first.
  func cell(_ place: Int) -> Int {
    let cells = cells.span
    return Int(cells[place])
  }

  mutating func append(_ record: RingRecord) {
    cells[count] = UInt32(record.offset / RingLayout.cell)
    count += 1
  }
}
