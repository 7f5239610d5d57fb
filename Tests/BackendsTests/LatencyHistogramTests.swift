import Testing
import TestSupport

@testable import Backends

@Suite(.seeded) struct LatencyHistogramTests {
  /// The relative error that a percentile may have.
  private static let error = 1.0 / 64

  @Test func knowsNothingOfNothing() {
    let histogram = LatencyHistogram()
    #expect(histogram.percentile(50) == nil)
    #expect(histogram.count == 0)
  }

  /// Times up to 63 ms have a bucket each.
  @Test(arguments: [0, 1, 31, 32, 63]) func isExactForShortTimes(time: Int) {
    var histogram = LatencyHistogram()
    histogram.record(milliseconds: time)
    for percent in [1, 50, 99, 100] { #expect(histogram.percentile(percent) == time) }
  }

  /// Each time alone, at both sides of every boundary between buckets' widths.
  @Test func isCloseForEveryTime() {
    var times = [64, 1_000_000, (1 << 22) - 1]
    for power in 6..<22 { times += [(1 << power) - 1, 1 << power, (1 << power) + 1] }
    for time in times {
      var histogram = LatencyHistogram()
      histogram.record(milliseconds: time)
      let found = histogram.percentile(50)!
      #expect(abs(found - time) <= Int((Double(time) * Self.error).rounded(.up)), "\(time)")
    }
  }

  /// Compared with exact percentiles of the same times, spread evenly, by powers, and all equal.
  @Test(arguments: 0..<30) func isCloseToExactPercentiles(seed: Int) {
    var generator = SeededGenerator(stream: UInt64(seed))
    let limit = Int.random(in: 1...4_000_000, using: &generator)
    let times = (0..<Int.random(in: 1...3000, using: &generator)).map { _ in
      switch seed % 3 {
      case 0: Int.random(in: 0...limit, using: &generator)
      case 1: 1 << Int.random(in: 0..<22, using: &generator)
      default: limit
      }
    }
    var histogram = LatencyHistogram()
    for time in times { histogram.record(milliseconds: time) }
    let sorted = times.sorted()
    for percent in [1, 10, 50, 75, 90, 95, 99, 100] {
      let rank = max(1, (sorted.count * percent + 99) / 100)
      let exact = sorted[rank - 1]
      let found = histogram.percentile(percent)!
      #expect(Double(abs(found - exact)) <= Double(exact) * Self.error, "p\(percent) of \(limit)")
    }
    #expect(histogram.count == times.count)
    #expect(histogram.totalMilliseconds == Int64(times.reduce(0, +)))
  }

  @Test func takesWhatIsOutOfRangeAsTheNearestInRange() {
    var histogram = LatencyHistogram()
    histogram.record(milliseconds: -5)
    #expect(histogram.percentile(50) == 0)
    histogram.record(milliseconds: .max / 2)
    #expect(abs(histogram.percentile(100)! - (1 << 22)) <= 1 << 16)
  }
}
