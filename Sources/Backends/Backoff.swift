package import Platform

/// The pauses before the retries of an integration: exponential backoff with full jitter, so that exchanges that failed
/// together do not all come back together.
/// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
package enum Backoff {
  private static let longest = TimeSpan.seconds(8)

  /// The pause before retry number `retry`, counted from 0: evenly distributed from 0 to `base`, which doubles with each
  /// retry, up to 8 s.
  package static func pause(
    beforeRetry retry: Int, base: TimeSpan, using random: RandomSource
  ) -> TimeSpan {
    // 8 s is less than 2^14 ms.
    let ceiling = min(base.nanoseconds << min(retry, 14), longest.nanoseconds)
    var generator = random
    return TimeSpan(nanoseconds: Int64(generator.next(upperBound: UInt64(ceiling) + 1)))
  }
}
