import Backends
import Bytes
import Configuration
import Context
import EventLoop
import Exchange
import JSON
import Logging
import Outbox
import Platform
import Protocols
import Storage

/// The outbox in numbers, for the status, the metrics and `/readyz`.
struct OutboxFacts {
  private(set) var queued = 0
  private(set) var running = 0
  private(set) var undelivered = 0
  private(set) var failed = 0
  private(set) var finished = 0
  /// When the oldest message came that is not settled, in milliseconds since 1970.
  private(set) var oldest: Int64?
  let messages: WaitingMessages

  /// The facts as they are. O(entries).
  init(_ messages: WaitingMessages) {
    self.messages = messages
    for entry in messages.store.table.entries.values {
      switch messages.status(of: entry) {
      case .queued: queued += 1
      case .running: running += 1
      case .done, .failed:
        finished += 1
        if entry.delivery == .waiting { undelivered += 1 }
        if entry.delivery == .failed { failed += 1 }
      }
      if !entry.isSettled { oldest = min(oldest ?? .max, entry.created) }
    }
  }

  var usedBytes: Int { messages.store.table.usedBytes }
  var capacityBytes: Int { messages.store.table.capacityBytes }
  var counts: (delivered: Int, failed: Int) { messages.deliveries.counts }

  /// Writes the object of the status.
  @inline(never)
  func write(to writer: inout JSONWriter) {
    let store = messages.store
    writer.beginObject()
    writer.member("queued", integer: queued)
    writer.member("running", integer: running)
    writer.member("undelivered", integer: undelivered)
    writer.member("not_delivered", integer: failed)
    writer.member("finished", integer: finished)
    writer.name("oldest_at")
    if let oldest { writer.string(time: oldest) } else { writer.null() }
    writer.member("used_bytes", integer: store.table.usedBytes)
    writer.member("capacity_bytes", integer: store.table.capacityBytes)
    writer.name("file")
    if let path = store.path { writer.string(path.span) } else { writer.null() }
    writer.name("receivers")
    writer.beginArray()
    for lane in messages.deliveries.receivers {
      writer.beginObject()
      writer.member("name", string: lane.name)
      writer.member("state", string: lane.stateName)
      writer.member("waiting", integer: lane.waitingCount)
      writer.name("reason")
      if let failure = lane.failure { writer.string(failure.bytes.span) } else { writer.null() }
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }
}

extension ReceiverLane {
  /// How the receiver is: `ready`, `failing`, or `disabled` once it wants no replies any more.
  var stateName: StaticString { isGone ? "disabled" : failure == nil ? "ready" : "failing" }

  /// What is wrong with it, a line; `nil` if it is well.
  var reason: Text? {
    guard let failure else { return nil }
    return isGone
      ? "receiver \(name) is disabled: \(failure)" : "receiver \(name) is failing: \(failure)"
  }
}
