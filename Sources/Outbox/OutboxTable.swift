import Bytes
package import Context

/// The messages that wait and their replies, with their records in one block of memory.
///
/// An entry has up to three records: the message, its result, and how far its delivery is. The message's record stays until
/// the result's is on storage and the context has the turn.
package final class OutboxTable {
  private enum Kind: UInt8 {
    case message = 1
    case result, progress
  }

  /// A record that is erased after that many flushes.
  package struct Retired {
    let place: UInt32
    var flushes: Int
  }

  /// How many expired entries are erased with one that comes or is removed.
  private static let erasedAtOnce = 16

  package let records: OutboxRecords
  /// All entries by their number.
  package private(set) var entries: [UInt64: OutboxEntry] = [:]
  private var byID: [[UInt8]: OutboxEntry] = [:]
  private var byKey: [[UInt8]: OutboxEntry] = [:]
  private var lastNumber: UInt64 = 0
  /// How many messages have no result yet.
  private(set) var openCount = 0
  /// Records that are not needed any more, and have to stay for some flushes: until storage has what takes their place, or
  /// the erasure of what they supersede.
  private(set) var retired: [Retired] = []
  /// Forgotten entries whose records are erased when others come or are removed: while nothing comes, nothing is written.
  private(set) var expired: [OutboxEntry] = []
  /// Whether records are kept until ``erase(retired:)``, because storage has to get their successors first.
  package var defersErasure = false

  /// A table over an empty block. `time`, in milliseconds since 1970, makes the numbers of its entries new ones.
  package init(_ records: OutboxRecords, time: Int64) {
    self.records = records
    lastNumber = Self.number(at: time)
  }

  /// Opens the table in a block, in whatever state it was left.
  package init(
    reopening block: ResidentBlock, time: Int64,
    onChange: ((_ bytes: Span<UInt8>, _ offset: Int) -> Void)?
  ) throws(ContextError) {
    var found: [OutboxRecords.Found] = []
    records = try OutboxRecords(reopening: block, onChange: onChange) { found.append($0) }
    var start = 0
    while start < found.count {
      var end = start + 1
      while end < found.count, found[end].number == found[start].number { end += 1 }
      restore(found[start..<end])
      start = end
    }
    lastNumber = max(lastNumber, Self.number(at: time))
  }

  /// A number that no entry has that was erased before a time: a power cut may bring back what was erased last.
  private static func number(at time: Int64) -> UInt64 { UInt64(max(0, time)) << 10 }

  /// How many records were cut off or damaged when the block was opened.
  package var damaged: Int { records.damaged }

  /// All entries, the oldest first. O(n log n).
  package var inOrder: [OutboxEntry] { entries.values.sorted { $0.number < $1.number } }

  /// The entry with an id.
  package func entry(_ id: [UInt8]) -> OutboxEntry? { byID[id] }

  /// The entry of the first message with a key.
  package func entry(withKey key: [UInt8]) -> OutboxEntry? { byKey[key] }

  // MARK: The life of an entry

  /// Adds a message; `nil` if there is no room. Drops what has been handed over, the oldest first, to make room.
  package func add(_ message: OutboxMessage) -> OutboxEntry? {
    eraseExpired(most: Self.erasedAtOnce)
    let record = message.record()
    guard makeRoom(OutboxRecords.pieces(for: record.count) + kept),
      let place = append(record, lastNumber + 1, .message)
    else {
      return nil
    }
    lastNumber += 1
    let entry = OutboxEntry(number: lastNumber, id: message.id, created: message.created)
    entry.message = place
    openCount += 1
    insert(entry, key: message.key)
    if !message.receiver.isEmpty { entry.delivery = .waiting }
    return entry
  }

  /// Keeps the result of a message; `false` if there is no room yet.
  package func finish(_ entry: OutboxEntry, _ message: OutboxMessage, _ result: OutboxResult)
    -> Bool
  {
    let record = message.record(result)
    let needed = OutboxRecords.pieces(for: record.count) + 1
    guard makeRoom(needed), let place = append(record, entry.number, .result) else {
      return false
    }
    entry.result = place
    openCount -= 1
    entry.status = result.isDone ? .done : .failed
    entry.settled = result.finished
    entry.isTurnKept = result.turnTime == 0
    if entry.isTurnKept { retire(&entry.message) }
    return true
  }

  /// Notes that the context has the turn of a finished message.
  package func noteTurn(of entry: OutboxEntry) {
    guard !entry.isTurnKept else { return }
    entry.isTurnKept = true
    writeProgress(of: entry)
    retire(&entry.message)
  }

  /// Changes how far the delivery of a reply is, and writes it.
  package func setDelivery(
    _ delivery: OutboxEntry.Delivery, of entry: OutboxEntry, tries: Int, parts: Int, at time: Int64
  ) {
    entry.delivery = delivery
    entry.tries = tries
    entry.parts = parts
    if delivery != .waiting { entry.settled = time }
    writeProgress(of: entry)
  }

  /// Forgets an entry, and everything that was said in it.
  package func remove(_ entry: OutboxEntry) {
    guard !entry.isGone else { return }
    forget(entry)
    eraseRecords(of: entry)
    eraseExpired(most: Self.erasedAtOnce)
  }

  private func forget(_ entry: OutboxEntry) {
    entry.isGone = true
    if entry.result == 0 { openCount -= 1 }
    entries[entry.number] = nil
    byID[entry.id] = nil
    if let message = message(of: entry) { set(nil, forKeys: message.key, of: entry) }
  }

  private func eraseRecords(of entry: OutboxEntry) {
    erase(&entry.message)
    // Storage may erase in any order. A message without its result would be answered again; it may still be among those
    // that the next flush erases. A result without its progress would be delivered again.
    retire(&entry.result, flushes: 2)
    retire(&entry.progress, flushes: 3)
  }

  func eraseExpired(most: Int = .max) {
    for _ in 0..<min(most, expired.count) { eraseRecords(of: expired.removeLast()) }
  }

  /// Forgets settled entries that are older than a time, in milliseconds since 1970, `most` at once. Returns when the next
  /// one is due: the time of the oldest that stays, `nil` for none.
  ///
  /// Unless room is short, their records are erased later, a few with each message that comes or is removed.
  package func removeSettled(before time: Int64, most: Int = .max) -> Int64? {
    var next: Int64?
    var count = 0
    for entry in entries.values where entry.isSettled {
      if entry.settled < time, count < most {
        count += 1
        forget(entry)
        expired.append(entry)
      } else {
        next = min(next ?? .max, entry.settled)
      }
    }
    if records.free < records.capacity / 2 { eraseExpired() }
    return next
  }

  // MARK: Contents

  /// What is kept of a message; its body is empty if it is finished.
  package func message(of entry: OutboxEntry) -> OutboxMessage? {
    var result: OutboxResult?
    return entry.result == 0 ? source(of: entry) : read(entry.result, &result, isFinished: true)
  }

  /// The message with its body; `nil` once the body is not needed any more.
  package func source(of entry: OutboxEntry) -> OutboxMessage? {
    var result: OutboxResult?
    return entry.message == 0 ? nil : read(entry.message, &result, isFinished: false)
  }

  /// The result of a finished message.
  package func result(of entry: OutboxEntry) -> OutboxResult? { finished(entry)?.result }

  /// A finished message, without its body, and its result.
  package func finished(
    _ entry: OutboxEntry
  ) -> (message: OutboxMessage, result: OutboxResult)? {
    var result: OutboxResult?
    guard entry.result != 0, let message = read(entry.result, &result, isFinished: true),
      let result
    else { return nil }
    return (message, result)
  }

  private func read(
    _ place: UInt32, _ result: inout OutboxResult?, isFinished: Bool
  ) -> OutboxMessage? {
    let content = records.content(at: place)
    return OutboxMessage(content.span, result: &result, isFinished: isFinished)
  }

  /// Copies all entries to another block; `false` if it is too small.
  package func copy(to other: OutboxRecords) -> Bool {
    for entry in inOrder {
      for (place, kind) in [
        (entry.message, Kind.message), (entry.result, .result), (entry.progress, .progress),
      ] where place != 0 {
        let content = records.content(at: place)
        guard other.append(content.span, number: entry.number, kind: kind.rawValue) != nil else {
          return false
        }
      }
    }
    return true
  }

  // MARK: Storage

  /// Takes the records whose successors are written: once those are on storage, ``erase(retired:)`` erases these.
  package func takeRetired() -> [Retired] {
    defer { retired = [] }
    return retired
  }

  /// Erases records that were retired, as far as a flush has made that safe.
  package func erase(retired old: [Retired], isFlushed: Bool) {
    for record in old {
      if isFlushed, record.flushes == 1 {
        records.erase(at: record.place)
      } else {
        retired.append(
          Retired(place: record.place, flushes: record.flushes - (isFlushed ? 1 : 0)))
      }
    }
  }

  /// Whether there are records that flushes make free.
  package var hasRetired: Bool { !retired.isEmpty }

  private func append(_ record: ByteBuffer, _ number: UInt64, _ kind: Kind) -> UInt32? {
    records.append(record.span, number: number, kind: kind.rawValue)
  }

  private func retire(_ place: inout UInt32, flushes: Int = 1) {
    if place == 0 { return }
    if defersErasure {
      retired.append(Retired(place: place, flushes: flushes))
    } else {
      records.erase(at: place)
    }
    place = 0
  }

  private func erase(_ place: inout UInt32) {
    if place != 0 { records.erase(at: place) }
    place = 0
  }

  private func writeProgress(of entry: OutboxEntry) {
    let writer = RecordWriter(buffer: ByteBuffer(capacity: 32))
    writer.put(entry.delivery.rawValue)
    writer.put(entry.tries)
    writer.put(entry.parts)
    writer.put(entry.settled)
    // Without room the old one stays: the reply may be delivered once more.
    guard let place = append(writer.buffer, entry.number, .progress) else { return }
    retire(&entry.progress)
    entry.progress = place
  }

  private func insert(_ entry: OutboxEntry, key: [UInt8]) {
    entries[entry.number] = entry
    byID[entry.id] = entry
    set(entry, forKeys: key, of: nil)
  }

  /// Sets the entry of keys, a line each; those of another entry than `old` stay as they are.
  private func set(_ entry: OutboxEntry?, forKeys lines: [UInt8], of old: OutboxEntry?) {
    let lines = lines.span
    var start = 0
    while start < lines.count {
      let end = lines.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? lines.count
      let key = lines.extracting(start..<end).copied
      if old == nil || byKey[key] === old { byKey[key] = entry }
      start = end + 1
    }
  }

  /// Makes an entry of the records that were found of it.
  private func restore(_ found: ArraySlice<OutboxRecords.Found>) {
    var (message, result, progress) = (UInt32(0), UInt32(0), UInt32(0))
    for record in found {
      switch Kind(rawValue: record.kind) {
      case .message: message = record.place
      case .result: result = record.place
      case .progress: progress = record.place
      case nil: records.erase(at: record.place)
      }
    }
    let number = found[found.startIndex].number
    lastNumber = max(lastNumber, number)
    var finished: OutboxResult?
    let place = result == 0 ? message : result
    guard place != 0, let head = read(place, &finished, isFinished: result != 0) else {
      erase(&message)
      erase(&result)
      return erase(&progress)
    }
    let entry = OutboxEntry(number: number, id: head.id, created: head.created)
    (entry.message, entry.result, entry.progress) = (message, result, progress)
    insert(entry, key: head.key)
    if !head.receiver.isEmpty { entry.delivery = .waiting }
    guard let finished else {
      openCount += 1
      return erase(&entry.progress)
    }
    entry.status = finished.isDone ? .done : .failed
    entry.settled = finished.finished
    entry.isTurnKept = finished.turnTime == 0 || progress != 0 || message == 0
    if progress != 0 { readProgress(of: entry) }
    if entry.isTurnKept { erase(&entry.message) }
  }

  private func readProgress(of entry: OutboxEntry) {
    let content = records.content(at: entry.progress)
    var reader = RecordReader(content.span)
    let delivery = OutboxEntry.Delivery(rawValue: reader.number())
    let (tries, parts) = (reader.number(), reader.number())
    let settled = reader.wideNumber()
    guard reader.isValid, let delivery, OutboxMessage.times ~= settled,
      max(tries, parts) < Int(Int32.max)
    else { return }
    (entry.delivery, entry.tries, entry.parts) = (delivery, tries, parts)
    entry.settled = settled
  }
}
