package import Bytes
package import Configuration
package import Platform

/// The answers to requests with an `Idempotency-Key`: the same request gets the same answer for 10 minutes.
/// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
///
/// Only replies are kept. A failure has changed nothing that a second request could repeat, and a client that tries again
/// wants another answer. Memory is limited: the oldest answer is dropped first.
package struct IdempotencyTable {
  /// What the table knows of a request.
  package enum Match {
    /// Nothing: it is the first with this key.
    case first
    /// Its answer.
    case answered(Answer)
    /// It is being answered, through this delivery.
    case underWay(Delivery)
    /// Another request had this key.
    case different
  }

  private enum State {
    case underWay(Delivery)
    /// The answer, and until when it is kept.
    case answered(Answer, end: Instant)
  }

  private final class Entry {
    let key: [UInt8]
    let fingerprint: UInt64
    var state: State

    init(_ key: [UInt8], _ fingerprint: UInt64, _ delivery: Delivery) {
      self.key = key
      self.fingerprint = fingerprint
      state = .underWay(delivery)
    }

    /// Its approximate size in memory, with the entry's own objects.
    var byteCount: Int {
      if case .answered(let answer, _) = state { key.count + answer.byteCount + 512 } else { 0 }
    }

    /// Whether the answer is too old.
    func isOver(at now: Instant) -> Bool {
      if case .answered(_, let end) = state { end <= now } else { false }
    }
  }

  private static let lifetime = TimeSpan.seconds(600)

  /// The most memory for answers, in bytes.
  package var memory: Int
  private let hashKey: SipHash.Key
  private var entries: [[UInt8]: Entry] = [:]
  /// The answered entries, oldest first, from `oldest` on.
  private var answered: [Entry] = []
  private var oldest = 0
  private var byteCount = 0

  /// A table that keeps at most `memory` bytes of answers.
  package init(memory: Int, hashKey: SipHash.Key) {
    self.memory = memory
    self.hashKey = hashKey
  }

  /// The name of a request with an `Idempotency-Key`. Another bot or another API key makes it another request, so that no
  /// client gets the answer of another client.
  package static func name(of key: [UInt8], from caller: APIKeySettings?, for bot: [UInt8])
    -> [UInt8]
  {
    var name = bot
    name.append(0)
    if let caller { name += caller.id }
    name.append(0)
    return name + key
  }

  /// Looks a request up by its name, its body, and what else two equal requests share.
  package mutating func match(
    _ key: [UInt8], body: [UInt8], sharing rest: [UInt8] = [], at now: Instant
  ) -> Match {
    forget(until: now)
    guard let entry = entries[key] else { return .first }
    guard entry.fingerprint == hash(of: body, rest) else { return .different }
    switch entry.state {
    case .underWay(let delivery): return .underWay(delivery)
    case .answered(let answer, _): return .answered(answer)
    }
  }

  /// Whether there was a request with this key.
  package mutating func knows(_ key: [UInt8], at now: Instant) -> Bool {
    forget(until: now)
    return entries[key] != nil
  }

  /// Notes that the first request with a key is being answered through `delivery`.
  package mutating func begin(
    _ key: [UInt8], body: [UInt8], _ delivery: Delivery, sharing rest: [UInt8] = []
  ) {
    entries[key] = Entry(key, hash(of: body, rest), delivery)
  }

  /// Keeps the answer to the request with this key.
  package mutating func complete(_ key: [UInt8], with answer: Answer, at now: Instant) {
    guard let entry = entries[key] else { return }
    entry.state = .answered(answer, end: now + IdempotencyTable.lifetime)
    answered.append(entry)
    byteCount += entry.byteCount
    forget(until: now)
  }

  /// Forgets the request with this key, which gets no reply.
  package mutating func drop(_ key: [UInt8]) {
    entries[key] = nil
  }

  /// Drops the answers of a bot in some conversations, because these were deleted.
  package mutating func drop(
    bot: [UInt8], where isDeleted: (_ conversation: [UInt8]) -> Bool
  ) {
    let prefix = bot + [0]
    var kept: [Entry] = []
    for entry in answered[oldest...] {
      if entry.key.starts(with: prefix), case .answered(let answer, _) = entry.state,
        isDeleted(answer.conversation)
      {
        byteCount -= entry.byteCount
        entries[entry.key] = nil
      } else {
        kept.append(entry)
      }
    }
    answered = kept
    oldest = 0
  }

  /// Drops answers that are too old, and the oldest ones while memory is short.
  private mutating func forget(until now: Instant) {
    while oldest < answered.count, byteCount > memory || answered[oldest].isOver(at: now) {
      byteCount -= answered[oldest].byteCount
      entries[answered[oldest].key] = nil
      oldest += 1
    }
    // Only now and then, so that each entry is moved once on average.
    if oldest * 2 > answered.count {
      answered.removeFirst(oldest)
      oldest = 0
    }
  }

  private func hash(of body: [UInt8], _ rest: [UInt8]) -> UInt64 {
    var hash = SipHash(key: hashKey)
    hash.combine(body.span)
    hash.combine(number: UInt64(body.count))
    hash.combine(rest.span)
    return hash.finish()
  }
}
