/// A set of at most ``limit`` byte ranges.
///
/// When one more is added, the two ranges with the smallest gap between them become one, so the set
/// may cover more bytes than were added.
struct ByteSpans {
  static let limit = 8

  private var spans = InlineArray<8, Range<Int>>(repeating: 0..<0)
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// One of the ranges, in no order.
  subscript(place: Int) -> Range<Int> { spans[place] }

  /// Adds a range. It is joined with a range that it touches, most often the last.
  mutating func insert(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    for place in stride(from: count - 1, through: 0, by: -1)
    where range.lowerBound <= spans[place].upperBound && spans[place].lowerBound <= range.upperBound
    {
      spans[place] = Self.union(spans[place], range)
      return
    }
    if count == Self.limit { joinNearest() }
    spans[count] = range
    count += 1
  }

  /// Adds all ranges of another set.
  mutating func insert(_ other: ByteSpans) {
    for place in 0..<other.count { insert(other[place]) }
  }

  private mutating func joinNearest() {
    var nearest = (0, 1)
    var least = Int.max
    for first in 0..<count {
      for second in first + 1..<count {
        let together = Self.union(spans[first], spans[second]).count
        let gap = together - spans[first].count - spans[second].count
        if gap < least { (least, nearest) = (gap, (first, second)) }
      }
    }
    spans[nearest.0] = Self.union(spans[nearest.0], spans[nearest.1])
    count -= 1
    spans[nearest.1] = spans[count]
  }

  private static func union(_ first: Range<Int>, _ second: Range<Int>) -> Range<Int> {
    min(first.lowerBound, second.lowerBound)..<max(first.upperBound, second.upperBound)
  }
}
