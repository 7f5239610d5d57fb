import Bytes
import Configuration
import Platform

/// `per_user`: limits the messages of each user of a bot.
///
/// The generic cell rate algorithm (ITU-T I.371). A user's entry is the time at which the messages so far would have been
/// sent at an even pace. `count` messages may come at once, and more as the pace allows.
///
/// The table has a fixed size. If it is full, the users that sent least in the last interval are forgotten first.
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

  /// A limiter without users; 64 KB.
  init(_ rate: Rate, key: SipHash.Key) {
    self.rate = rate
    self.key = key
    entries = [Entry](
      repeating: Entry(user: 0, paidUntil: Instant(nanoseconds: 0)),
      count: UserLimiter.bucketCount * UserLimiter.bucketSize)
  }

  /// The time until this user of a bot may send another message; 0 or less for now.
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

  /// The time of an entry after one more message.
  private func paid(_ until: Instant, at now: Instant) -> Instant {
    max(until, now) + TimeSpan(nanoseconds: interval.nanoseconds / Int64(rate.count))
  }

  /// The place of a user's entry, or of the entry that it replaces.
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
