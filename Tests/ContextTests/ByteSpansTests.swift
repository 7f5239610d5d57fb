import Testing
import TestSupport

@testable import Context

@Suite(.seeded) struct ByteSpansTests {
  /// Everything that is inserted is covered by few ranges; neighbours are covered by one range.
  @Test func coversWhatWasInserted() {
    for seed in 0..<200 as Range<UInt64> {
      var random = SeededGenerator(stream: seed)
      var spans = ByteSpans()
      var inserted: [Range<Int>] = []
      for _ in 0..<Int.random(in: 0...30, using: &random) {
        let start = Int.random(in: 0..<1000, using: &random)
        let range = start..<start + Int.random(in: 0...60, using: &random)
        spans.insert(range)
        inserted.append(range)
        #expect(spans.count <= ByteSpans.limit)
      }
      let covered = (0..<spans.count).map { spans[$0] }
      for range in inserted where !range.isEmpty {
        #expect(
          covered.contains {
            $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound
          })
      }
      #expect(spans.isEmpty == inserted.allSatisfy(\.isEmpty))
    }
  }

  @Test func joinsNeighbours() {
    var spans = ByteSpans()
    for start in stride(from: 0, to: 1000, by: 10) { spans.insert(start..<start + 10) }
    #expect(spans.count == 1)
    #expect(spans[0] == 0..<1000)
    spans.insert(5000..<5001)
    #expect(spans.count == 2)
  }

  /// The smallest gap between two ranges is covered besides.
  @Test func joinsTheNearest() {
    var spans = ByteSpans()
    for place in 0..<ByteSpans.limit { spans.insert(place * 1000..<place * 1000 + 10) }
    spans.insert(3020..<3030)
    let covered = (0..<spans.count).reduce(0) { $0 + spans[$1].count }
    #expect(spans.count == ByteSpans.limit)
    // The ninth is added after two of the eight, all equally far apart, have been joined.
    #expect(covered <= 1010 + 6 * 10 + 10)
  }
}
