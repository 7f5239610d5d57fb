package import Bytes
package import Configuration
package import Platform

/// The answers to requests with an `Idempotency-Key`: to the same request again, the same answer, for 10 minutes.
/// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
///
/// Only replies are kept. After a failure nothing has happened that a second try could repeat, and a client that
/// tries again wants another answer. What is kept has a limit; the oldest goes first.
package struct IdempotencyTable {
  /// What is known of a request.
  package enum Match {
    /// Nothing: it is the first.
    case first
    /// Its answer.
    case answered(Answer)
    /// It is being answered.
    case underWay(Delivery)
    /// Another request had this key.
    case different
  }

  private final class Entry {
    let key: [UInt8]
    let fingerprint: UInt64
    let delivery: Delivery
    /// The answer, once it is there, and until when it is kept.
    var answer: (answer: Answer, end: Instant)?

    init(_ key: [UInt8], _ fingerprint: UInt64, _ delivery: Delivery) {
      self.key = key
      self.fingerprint = fingerprint
      self.delivery = delivery
    }

    /// About what it takes in memory, the entry's own objects included.
    var byteCount: Int { key.count + (answer?.answer.byteCount ?? 0) + 512 }
  }

  private static let lifetime = TimeSpan.seconds(600)

  /// The most that answers may take, in bytes.
  package var memory: Int
  private let hashKey: SipHash.Key
  private var entries: [[UInt8]: Entry] = [:]
  /// Those that are answered, oldest first, from `oldest` on.
  private var answered: [Entry] = []
  private var oldest = 0
  private var byteCount = 0

  /// A table that keeps at most `memory` bytes of answers.
  package init(memory: Int, hashKey: SipHash.Key) {
    self.memory = memory
    self.hashKey = hashKey
  }

  /// The name under which a request with an `Idempotency-Key` is known: whoever comes with another API key means
  /// another request, so that nobody gets what another was answered.
  package static func name(of key: [UInt8], from caller: APIKeySettings?, for bot: [UInt8])
    -> [UInt8]
  {
    var name = bot
    name.append(0)
    if let caller { name += caller.id }
    name.append(0)
    return name + key
  }

  /// Looks for a request by its name and its body.
  package mutating func match(_ key: [UInt8], body: [UInt8], at now: Instant) -> Match {
    forget(until: now)
    guard let entry = entries[key] else { return .first }
    guard entry.fingerprint == hash(of: body) else { return .different }
    return entry.answer.map { .answered($0.answer) } ?? .underWay(entry.delivery)
  }

  /// The first request with a key is being answered, through `delivery`.
  package mutating func begin(_ key: [UInt8], body: [UInt8], _ delivery: Delivery) {
    entries[key] = Entry(key, hash(of: body), delivery)
  }

  /// The request with this key has its reply.
  package mutating func complete(_ key: [UInt8], with answer: Answer, at now: Instant) {
    guard let entry = entries[key] else { return }
    entry.answer = (answer, now + IdempotencyTable.lifetime)
    answered.append(entry)
    byteCount += entry.byteCount
    forget(until: now)
  }

  /// The request with this key has no reply, and will have none.
  package mutating func drop(_ key: [UInt8]) {
    entries[key] = nil
  }

  /// Forgets what is too old, and what is too much.
  private mutating func forget(until now: Instant) {
    while oldest < answered.count, byteCount > memory || answered[oldest].answer!.end <= now {
      byteCount -= answered[oldest].byteCount
      entries[answered[oldest].key] = nil
      oldest += 1
    }
    // Moved up now and then, so that each is moved once on average.
    if oldest * 2 > answered.count {
      answered.removeFirst(oldest)
      oldest = 0
    }
  }

  private func hash(of bytes: [UInt8]) -> UInt64 {
    var hash = SipHash(key: hashKey)
    hash.combine(bytes.span)
    return hash.finish()
  }
}
