import Backends
import Bytes
import Configuration
package import Context
import EventLoop
import HTTPClient
import JSON
import Logging
package import Outbox
import Platform
import Protocols
import Storage

/// How messages leave the outbox: given up, expired, or forgotten.
extension WaitingMessages {
  /// Gives a message up, whatever its state, and forgets it.
  package func drop(_ entry: OutboxEntry) {
    guard !entry.isGone else { return }
    let place = places[entry.number]
    let run = runs[entry.number]
    deliveries.remove(entry)
    table.remove(entry)
    store.noteChange()
    if let run, let exchange = run.exchange, exchange.giveUp() {
      // They refer to each other.
      run.exchange = nil
      runs[entry.number] = nil
      deliveries.note(isThinking: false, run.message)
      leave(run.place)
    } else if let place, run == nil {
      if place.hasTurn {
        // One that is being ended leaves by itself.
        if let line = lines[place.bot], line.remove(place) {
          dispatcher.unpark()
          leave(place)
        }
      } else {
        places[entry.number] = nil
        dispatcher.withdraw(place)
      }
    }
    tellWaiters(of: entry)
    retryUnkept()
  }

  /// Forgets the messages of conversations that were deleted, and gives up those that wait.
  package func forget(_ selection: Erasure.Selection) {
    for entry in store.table.inOrder {
      guard let message = store.table.message(of: entry) else { continue }
      let isDeleted =
        switch selection {
        case .conversation(let id, let bot): message.bot == bot && message.conversation == id
        case .bot(let bot): message.bot == bot
        case .user(let user, let bot):
          message.bot == bot
            && (forms?.message(in: message.body, conversation: message.conversation)?.userID == user
              || dispatcher.context.activity(of: message.conversation, bot: bot) == nil
                && entry.isFinished)
        }
      if isDeleted { drop(entry) }
    }
  }

  /// Tries what waits for a pause at once.
  package func retry(_ entry: OutboxEntry) {
    if entry.isFinished { return deliveries.retry(entry, table.message(of: entry)) }
    if let place = places[entry.number], let line = lines[place.bot] {
      release(line, asTrial: true)
    }
  }

  func noteFull() {
    dispatcher.services.log.write(.debug, "outbox_full") { line in
      line.field("bytes", table.usedBytes)
    }
    store.flushSoon()
    if !unkept.isEmpty { keepHouse(by: time + 1000) }
  }

  func retryUnkept() {
    let actions = unkept
    unkept = []
    for action in actions { action() }
  }

  /// Looks after what has expired at a time, in milliseconds since 1970, or earlier.
  func keepHouse(by due: Int64) {
    if let housekeeping {
      if housekeeping.due <= due { return }
      loop.cancel(housekeeping.timer)
    }
    // Not every entry needs a turn of its own.
    let wait = max(100, due - time)
    let timer = loop.schedule(after: .milliseconds(Int(wait))) { [self] in
      housekeeping = nil
      keepHouse()
    }
    housekeeping = (due, timer)
  }

  /// How many messages expire at once: many take a while, which requests would wait for.
  static let mostEnds = 500

  func keepHouse() {
    var next: Int64?
    var ends = 0
    func note(_ due: Int64) { next = min(next ?? .max, due) }
    let (hold, keep) = (Int64(settings.holdMilliseconds), Int64(settings.keepMilliseconds))
    if let oldest = table.removeSettled(before: time - keep, most: Self.mostEnds) {
      note(oldest + keep + 1)
    }
    for place in places.values where runs[place.entry.number] == nil {
      let due = place.entry.created + hold
      if due > time {
        note(due)
      } else if ends == Self.mostEnds {
        note(time)
      } else if let line = lines[place.bot], line.remove(place) {
        ends += 1
        dispatcher.unpark()
        fail(place, .expired, forms?.bot(place.bot))
      } else {
        // It waits for an older message of its conversation, which has expired, too, or is being answered.
        note(time + 1000)
      }
    }
    if let due = deliveries.expire(before: time - hold) { note(due + hold + 1) }
    if table.hasRetired { store.noteChange() }
    retryUnkept()
    if !unkept.isEmpty { note(time + 1000) }
    if let next { keepHouse(by: next) }
  }
}

extension WaitingFailure {
  var reason: StaticString {
    switch self {
    case .expired: "no integration could be asked for as long as [outbox] hold says"
    case .impossible: "the bot was deleted, or the message is no longer valid"
    case .replyTooLarge: "the reply is too large for [outbox] size"
    }
  }
}
