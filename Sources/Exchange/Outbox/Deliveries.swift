import Bytes
import Configuration
import EventLoop
import Logging
import Outbox
import Platform
import Storage

/// The replies on their way to their receivers.
///
/// Replies to one address go one after another, in the order of their messages; several addresses of a receiver are served
/// at once. Receivers do not wait for each other.
package final class Deliveries {
  /// How many replies go to one receiver at once.
  private static let most = 8

  private let store: OutboxStore
  private let services: Services
  private let start: (wall: Int64, instant: Instant)
  private var holdMilliseconds: Int64 = 0
  private(set) var lanes: [[UInt8]: ReceiverLane] = [:]
  private var isStopped = false
  /// Is called when a delivery is over, with its time in milliseconds since 1970.
  var onSettled: ((Int64) -> Void)?
  /// How many replies were delivered, and how many were not, since the start.
  package private(set) var counts = (delivered: 0, failed: 0)

  private var loop: EventLoop { services.loop }
  private var time: Int64 { start.wall + Int64((loop.now - start.instant).milliseconds) }

  init(_ store: OutboxStore, _ services: Services, start: (wall: Int64, instant: Instant)) {
    self.store = store
    self.services = services
    self.start = start
  }

  func adopt(_ settings: OutboxSettings) { holdMilliseconds = Int64(settings.holdMilliseconds) }

  func stop() { isStopped = true }

  /// Releases the receivers, which refer to it.
  func end() {
    onSettled = nil
    lanes = [:]
  }

  /// Whether a reply is on its way.
  var isBusy: Bool { lanes.values.contains { $0.inFlight > 0 } }

  /// The receivers, in no order.
  package var receivers: [ReceiverLane] { Array(lanes.values) }

  // MARK: Receivers

  /// Gives replies for the receiver of a name to this one from now on; `nil`: they wait.
  package func register(_ receiver: (any Receiver)?, as name: [UInt8]) {
    let lane = lane(of: name)
    if let receiver, let old = lane.receiver, receiver === old { return }
    lane.receiver = receiver
    lane.isGone = false
    release(lane)
  }

  private func lane(of name: [UInt8]) -> ReceiverLane {
    if let lane = lanes[name] { return lane }
    let lane = ReceiverLane(name)
    lanes[name] = lane
    return lane
  }

  /// A bot thinks about a message, or does not any more.
  func note(isThinking: Bool, _ message: OutboxMessage) {
    guard !message.receiver.isEmpty else { return }
    lanes[message.receiver]?.receiver?.note(isThinking: isThinking, for: message.address)
  }

  // MARK: Replies

  /// Sends a reply to its receiver, after earlier ones to the same address.
  func add(_ entry: OutboxEntry, _ message: OutboxMessage) {
    let lane = lane(of: message.receiver)
    let line = lane.line(of: message.address)
    line.entries.append(entry)
    if line.entries.count == 1 { makeReady(line, in: lane) }
  }

  /// Forgets a reply.
  func remove(_ entry: OutboxEntry) {
    for lane in lanes.values {
      for line in lane.lines.values where line.entries.first !== entry {
        line.entries.removeAll { $0 === entry }
      }
      // The first of a line may be on its way: it is left out when its turn comes, or its result.
    }
  }

  /// Sends a reply again that could not be delivered, or waits for its next try.
  func retry(_ entry: OutboxEntry, _ message: OutboxMessage?) {
    guard let message, !message.receiver.isEmpty else { return }
    let lane = lane(of: message.receiver)
    lane.isGone = false
    if entry.delivery == .failed {
      store.table.setDelivery(.waiting, of: entry, tries: 0, parts: entry.parts, at: time)
      store.noteChange()
      add(entry, message)
    } else if entry.delivery == .waiting {
      let line = lane.line(of: message.address)
      if line.entries.first === entry, let timer = line.timer {
        loop.cancel(timer)
        makeReady(line, in: lane)
      }
    }
    release(lane)
  }

  /// Tries all receivers again at once.
  func releaseAll() {
    for lane in lanes.values { release(lane) }
  }

  private func release(_ lane: ReceiverLane) {
    loop.cancel(lane.timer)
    lane.timer = nil
    pump(lane)
  }

  private func makeReady(_ line: ReceiverLane.Line, in lane: ReceiverLane) {
    line.timer = nil
    lane.ready.append(line)
    loop.atEndOfTurn { [self] in pump(lane) }
  }

  private func pump(_ lane: ReceiverLane) {
    while !isStopped, lane.timer == nil, lane.inFlight < Self.most, let receiver = lane.receiver,
      let line = lane.ready.popFirst()
    {
      guard let entry = line.entries.first else {
        lane.lines[line.address] = nil
        continue
      }
      guard !entry.isGone, entry.delivery == .waiting, let reply = reply(of: entry) else {
        advance(line, in: lane)
        continue
      }
      if lane.isGone {
        end(entry, .failed, line, lane, "the receiver wants no replies any more")
        continue
      }
      if entry.settled + holdMilliseconds < time {
        end(entry, .failed, line, lane, "it could not be delivered within [outbox] hold")
        continue
      }
      lane.inFlight += 1
      receiver.deliver(reply) { [self] in complete(entry, $0, line, lane) }
    }
  }

  private func reply(of entry: OutboxEntry) -> OutboxReply? {
    guard let (message, result) = store.table.finished(entry) else { return nil }
    return OutboxReply(
      id: entry.id, address: message.address, note: message.note,
      age: .milliseconds(Int(max(0, time - entry.created))), data: result.data,
      finished: result.finished, parts: entry.parts)
  }

  private func complete(
    _ entry: OutboxEntry, _ result: DeliveryResult, _ line: ReceiverLane.Line,
    _ lane: ReceiverLane
  ) {
    lane.inFlight -= 1
    switch result {
    case _ where entry.isGone:
      advance(line, in: lane)
    case .delivered:
      noteSuccess(of: lane)
      end(entry, .delivered, line, lane, "")
    case .partly(let parts):
      noteSuccess(of: lane)
      store.table.setDelivery(.waiting, of: entry, tries: entry.tries, parts: parts, at: time)
      store.noteChange()
      makeReady(line, in: lane)
    case .again(let wait, let reason):
      note(reason, of: lane)
      let pause = wait ?? lane.pause(afterTries: entry.tries, services.random)
      store.table.setDelivery(
        .waiting, of: entry, tries: entry.tries + 1, parts: entry.parts, at: time)
      store.noteChange()
      line.timer = loop.schedule(after: pause) { [self] in makeReady(line, in: lane) }
    case .unreachable(let reason):
      note(reason, of: lane)
      lane.ready = [line] + lane.ready
      if lane.timer == nil {
        let pause = lane.pauses.next(at: loop.now)
        lane.timer = loop.schedule(after: pause) { [self] in release(lane) }
      }
    case .refused(let reason):
      end(entry, .failed, line, lane, reason)
    case .gone(let reason):
      lane.isGone = true
      note(reason, of: lane)
      end(entry, .failed, line, lane, reason)
    }
    pump(lane)
  }

  private func end(
    _ entry: OutboxEntry, _ delivery: OutboxEntry.Delivery, _ line: ReceiverLane.Line,
    _ lane: ReceiverLane, _ reason: Text
  ) {
    store.table.setDelivery(
      delivery, of: entry, tries: entry.tries, parts: entry.parts, at: max(time, entry.settled))
    store.noteChange()
    if delivery == .delivered {
      counts.delivered += 1
      services.log.write(.debug, "reply_delivered") { log in
        log.field("id", entry.id)
        log.field("receiver", lane.name)
        log.field("tries", entry.tries + 1)
      }
    } else {
      counts.failed += 1
      services.log.write(.warning, "reply_not_delivered") { log in
        log.field("id", entry.id)
        log.field("receiver", lane.name)
        log.field("reason", reason)
      }
    }
    advance(line, in: lane)
    onSettled?(entry.settled)
  }

  /// The first reply of a line is done with.
  private func advance(_ line: ReceiverLane.Line, in lane: ReceiverLane) {
    _ = line.entries.popFirst()
    if line.entries.isEmpty {
      lane.lines[line.address] = nil
    } else {
      makeReady(line, in: lane)
    }
  }

  /// Gives up replies that are older than a time, in milliseconds since 1970, and not on their way. Returns the time of the
  /// oldest that stays.
  func expire(before limit: Int64) -> Int64? {
    var next: Int64?
    var ends = 0
    for lane in lanes.values {
      for line in lane.lines.values {
        guard let entry = line.entries.first, entry.delivery == .waiting else { continue }
        if entry.settled < limit, ends < WaitingMessages.mostEnds,
          line.timer != nil || lane.receiver == nil || lane.timer != nil
        {
          ends += 1
          loop.cancel(line.timer)
          line.timer = nil
          lane.ready.removeAll { $0 === line }
          end(entry, .failed, line, lane, "it could not be delivered within [outbox] hold")
        }
        if let first = line.entries.first { next = min(next ?? .max, max(first.settled, limit)) }
      }
    }
    return next
  }

  // MARK: How receivers are

  private func note(_ reason: Text, of lane: ReceiverLane) {
    let isNews = lane.failure == nil
    lane.failure = reason
    guard isNews || lane.isGone else { return }
    services.log.write(.warning, "receiver_failing") { line in
      line.field("receiver", lane.name)
      line.field("reason", reason)
    }
  }

  private func noteSuccess(of lane: ReceiverLane) {
    lane.pauses.end()
    guard lane.failure != nil else { return }
    lane.failure = nil
    services.log.write(.info, "receiver_recovered") { $0.field("receiver", lane.name) }
  }
}
