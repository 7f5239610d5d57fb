/// The durations of replies, in a fixed number of buckets: 1 ms wide up to 63 ms, then 32 to each doubling.
///
/// So a percentile is known to within 1/64 (1.6 %) of itself, up to 70 minutes. Longer durations count as 70 minutes.
///
/// This is the layout of HdrHistogram with 5 bits of precision. 2.3 KB.
package struct LatencyHistogram {
  /// The bits of a value that decide its bucket, below its leading one.
  private static let precision = 5
  /// The longest duration that has a bucket of its own, in milliseconds.
  private static let longest = (1 << 22) - 1

  private var counts = [UInt32](
    repeating: 0, count: LatencyHistogram.place(of: LatencyHistogram.longest) + 1)
  /// The number of durations.
  package private(set) var count = 0
  /// Their exact sum, in milliseconds.
  package private(set) var totalMilliseconds: Int64 = 0

  /// Records a duration. O(1), without allocation.
  package mutating func record(milliseconds: Int) {
    let time = max(0, milliseconds)
    count += 1
    totalMilliseconds += Int64(time)
    let place = LatencyHistogram.place(of: min(time, LatencyHistogram.longest))
    if counts[place] < .max { counts[place] += 1 }
  }

  /// The duration that `percent` of a hundred replies do not exceed, in milliseconds; `nil` without replies. O(buckets).
  @inline(never)
  package func percentile(_ percent: Int) -> Int? {
    guard count > 0 else { return nil }
    // The nearest rank, from 1: the number of durations that are at most the percentile.
    let rank = max(1, (Int64(count) * Int64(percent) + 99) / 100)
    var seen: Int64 = 0
    for place in counts.indices {
      seen += Int64(counts[place])
      if seen >= rank { return LatencyHistogram.middle(of: place) }
    }
    return LatencyHistogram.longest
  }

  private static func place(of time: Int) -> Int {
    let shift = max(0, Int.bitWidth - 1 - precision - time.leadingZeroBitCount)
    return (shift << precision) + (time >> shift)
  }

  private static func middle(of place: Int) -> Int {
    let shift = max(0, (place >> precision) - 1)
    let first = (place - (shift << precision)) << shift
    return first + ((1 << shift) - 1) / 2
  }
}
