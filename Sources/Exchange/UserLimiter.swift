import Bytes
import Configuration
import Platform

/// `per_user`: how many messages each user of a bot may send in how long.
///
/// The generic cell rate algorithm (ITU-T I.371): of each user only the moment is kept at which all that was sent
/// would have been sent at an even pace. `count` messages may come at once, and more as the pace allows.
///
/// The table has a fixed size. Where more users are active than it has room for, those who have sent least in the
/// last interval are forgotten first.
struct UserLimiter {
  private struct Entry {
    var user: UInt64
    var paidUntil: Instant
  }

  private static let bucketCount = 1024
  private static let bucketSize = 4

  private let rate: Rate
  private let key: SipHash.Key
  private var entries: [Entry]

  /// A limiter that nobody has used yet; 64 KB.
  init(_ rate: Rate, key: SipHash.Key) {
    self.rate = rate
    self.key = key
    entries = [Entry](
      repeating: Entry(user: 0, paidUntil: Instant(nanoseconds: 0)),
      count: UserLimiter.bucketCount * UserLimiter.bucketSize)
  }

  /// How long this user of a bot must wait before another message; nothing, or less, if it is welcome now.
  func wait(of user: [UInt8], bot: [UInt8], at now: Instant) -> TimeSpan {
    let place = place(of: hash(user, bot))
    return paid(place.isKnown ? entries[place.index].paidUntil : now, at: now) - now - interval
  }

  /// Counts a message of this user.
  mutating func count(_ user: [UInt8], bot: [UInt8], at now: Instant) {
    let hash = hash(user, bot)
    let place = place(of: hash)
    let paidUntil = place.isKnown ? entries[place.index].paidUntil : now
    entries[place.index] = Entry(user: hash, paidUntil: paid(paidUntil, at: now))
  }

  private var interval: TimeSpan { .milliseconds(rate.intervalMilliseconds) }

  /// When one message more would be paid for.
  private func paid(_ until: Instant, at now: Instant) -> Instant {
    max(until, now) + TimeSpan(nanoseconds: interval.nanoseconds / Int64(rate.count))
  }

  /// Where a user's entry is, or the one that makes room for it.
  private func place(of user: UInt64) -> (index: Int, isKnown: Bool) {
    let first = Int(user % UInt64(UserLimiter.bucketCount)) * UserLimiter.bucketSize
    var oldest = first
    for index in first..<first + UserLimiter.bucketSize {
      if entries[index].user == user { return (index, true) }
      if entries[index].paidUntil < entries[oldest].paidUntil { oldest = index }
    }
    return (oldest, false)
  }

  private func hash(_ user: [UInt8], _ bot: [UInt8]) -> UInt64 {
    var hash = SipHash(key: key)
    hash.combine(number: UInt64(bot.count))
    hash.combine(bot.span)
    hash.combine(user.span)
    return hash.finish()
  }
}
