package import Platform

/// The waits before the retries of an integration: exponential backoff with full jitter, so that those who failed
/// together do not come back together.
/// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
package enum Backoff {
  private static let longest = TimeSpan.seconds(8)

  /// The wait before retry number `retry`, from 0: evenly between nothing and `base`, doubled for each retry before
  /// it, at most 8 s.
  package static func pause(
    beforeRetry retry: Int, base: TimeSpan, using random: RandomSource
  ) -> TimeSpan {
    // 8 s is less than 2^14 ms.
    let ceiling = min(base.nanoseconds << min(retry, 14), longest.nanoseconds)
    var generator = random
    return TimeSpan(nanoseconds: Int64(generator.next(upperBound: UInt64(ceiling) + 1)))
  }
}
