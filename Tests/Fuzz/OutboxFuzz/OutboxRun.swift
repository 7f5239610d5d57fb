import Bytes
import Context
import Outbox
import Platform

/// An outbox whose block is damaged, and opened again and again.
final class OutboxRun {
  private static let (byteCount, piece) = (64 << 10, 256)
  private static let seed: UInt64 = 7

  private var table: OutboxTable
  /// What the file has.
  private var file: [UInt8]
  private var count = 0

  init() {
    let block = OutboxRun.block()
    let records = OutboxRecords(formatting: block, seed: OutboxRun.seed)
    table = OutboxTable(records, time: 1)
    table.defersErasure = true
    file = Array(UnsafeRawBufferPointer(block.memory))
    mirror()
  }

  private static func block() -> ResidentBlock {
    guard let block = try? MemoryBlock(byteCount: byteCount, isPopulated: false) else {
      preconditionFailure("there is memory")
    }
    return ResidentBlock(block)
  }

  private func mirror() {
    table.records.onChange = { [unowned self] bytes, offset in
      file.replaceSubrange(offset..<offset + bytes.count, with: bytes.copied)
    }
  }

  private func entry(_ index: Int) -> OutboxEntry? {
    let all = table.inOrder
    return all.isEmpty ? nil : all[index % all.count]
  }

  // MARK: Steps

  func add(bodyCount: Int, hasKey: Bool, hasReceiver: Bool) {
    count += 1
    let name = Array("m\(count)".utf8)
    _ = table.add(
      OutboxMessage(
        id: name, created: Int64(count), bot: name, conversation: name, caller: [],
        request: name, key: hasKey ? name : [], fingerprint: 2, receiver: hasReceiver ? name : [],
        address: name, showsAttempts: true, body: [UInt8](repeating: 120, count: bodyCount)))
    _ = table.makeRoomAhead()
  }

  func finish(_ index: Int, dataCount: Int) {
    guard let entry = entry(index), !entry.isFinished, let message = table.message(of: entry) else {
      return
    }
    _ = table.finish(
      entry, message,
      OutboxResult(
        finished: Int64(count), turnTime: Int64(dataCount % 16), isDone: dataCount % 3 > 0,
        integration: [97], data: [UInt8](repeating: 121, count: dataCount)))
  }

  func deliver(_ index: Int, parts: Int) {
    guard let entry = entry(index), entry.isFinished else { return }
    table.noteTurn(of: entry)
    let delivery: OutboxEntry.Delivery = parts % 2 == 0 ? .delivered : .waiting
    table.setDelivery(delivery, of: entry, tries: entry.tries + 1, parts: parts, at: Int64(count))
  }

  func remove(_ index: Int) {
    if let entry = entry(index) { table.remove(entry) }
  }

  func flush() {
    table.erase(retired: table.takeRetired(), isFlushed: true)
  }

  // MARK: Damage, which the next opening finds

  /// Changes a byte. With a right checksum it is one that no crash leaves, but a program that knows the seed.
  func damage(piece: Int, _ offset: Int, _ byte: UInt8, isSound: Bool) {
    file[start(of: piece) + offset % OutboxRun.piece] = byte
    if isSound { sign(piece) }
  }

  func copy(piece: Int, to other: Int) {
    let from = start(of: piece)
    let to = start(of: other)
    file.replaceSubrange(to..<to + OutboxRun.piece, with: file[from..<from + OutboxRun.piece])
  }

  func fill(piece: Int, with bytes: some Collection<UInt8>) {
    let from = start(of: piece) + 8
    file.replaceSubrange(
      from..<from + min(bytes.count, OutboxRun.piece - 8), with: bytes.prefix(248))
    sign(piece)
  }

  private func start(of piece: Int) -> Int { piece * OutboxRun.piece % OutboxRun.byteCount }

  private func sign(_ piece: Int) {
    let from = start(of: piece)
    let content = Array(file[from + 8..<from + OutboxRun.piece])
    withUnsafeBytes(of: XXH64.hash(content.span, seed: OutboxRun.seed)) {
      file.replaceSubrange(from..<from + 8, with: $0)
    }
  }

  // MARK: Opening

  /// Opens the file, in whatever state it is.
  func reopen() {
    let block = OutboxRun.block()
    block.memory.copyBytes(from: file)
    var changes: [(offset: Int, bytes: [UInt8])] = []
    guard
      let opened = try? OutboxTable(
        reopening: block, time: 1, onChange: { changes.append(($1, $0.copied)) })
    else { return startAgain() }
    for change in changes {
      file.replaceSubrange(change.offset..<change.offset + change.bytes.count, with: change.bytes)
    }
    table = opened
    table.defersErasure = true
    let memory = block.bytes(in: 0..<OutboxRun.byteCount)
    let content = file
    precondition(
      XXH64.hash(content.span, seed: 0) == XXH64.hash(memory, seed: 0),
      "every change goes to the file")
    precondition(0...table.capacityBytes ~= table.usedBytes)
    mirror()
    checkEntries()
    checkAgain()
  }

  /// The headers are damaged: the gateway makes a new outbox then.
  private func startAgain() {
    let block = OutboxRun.block()
    table = OutboxTable(OutboxRecords(formatting: block, seed: OutboxRun.seed), time: 1)
    table.defersErasure = true
    file = Array(UnsafeRawBufferPointer(block.memory))
    mirror()
  }

  private func checkEntries() {
    for entry in table.inOrder {
      guard let message = table.message(of: entry) else {
        preconditionFailure("an entry has its message")
      }
      precondition(message.id == entry.id)
      precondition(entry.isFinished == (table.result(of: entry) != nil))
      // What the gateway does with them.
      _ = (entry.created + 1 << 40, entry.settled + 1 << 40, entry.tries + 1, entry.parts + 1)
    }
  }

  /// What was opened is whole: it is the same when it is opened again.
  private func checkAgain() {
    let block = OutboxRun.block()
    block.memory.copyBytes(from: file)
    guard let again = try? OutboxTable(reopening: block, time: 1, onChange: nil) else {
      preconditionFailure("what was opened can be opened again")
    }
    precondition(again.damaged == 0 && again.usedBytes == table.usedBytes)
    let (old, new) = (table.inOrder, again.inOrder)
    precondition(old.count == new.count)
    for (old, new) in zip(old, new) {
      precondition(old.id == new.id && old.status == new.status && old.delivery == new.delivery)
      precondition(old.tries == new.tries && old.parts == new.parts && old.settled == new.settled)
    }
  }

  /// Nothing is left when all is forgotten.
  func empty() {
    for entry in table.inOrder { table.remove(entry) }
    for _ in 0..<3 { flush() }
    precondition(table.usedBytes == 0 && !table.hasRetired)
    let pieces = OutboxRun.piece..<OutboxRun.byteCount - OutboxRun.piece
    let zeros = [UInt8](repeating: 0, count: pieces.count)
    let content = Array(file[pieces])
    let left = XXH64.hash(content.span, seed: 0)
    precondition(left == XXH64.hash(zeros.span, seed: 0), "nothing that was said is left")
  }
}
