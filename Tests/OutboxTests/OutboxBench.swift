import Bytes
import Context
import Platform

@testable import Outbox

/// A table in memory whose writes are recorded, and its storage, whose power can fail.
final class OutboxBench {
  static let sector = 512

  let byteCount: Int
  var table: OutboxTable
  /// What storage has for certain.
  private var flushed: [UInt8]
  /// What was written since, by sector: each version of it.
  private var versions: [Int: [[UInt8]]] = [:]
  private var time: Int64 = 1000

  init(_ byteCount: Int = 64 << 10, storage: [UInt8]? = nil) throws {
    self.byteCount = byteCount
    let block = ResidentBlock(try MemoryBlock(byteCount: byteCount, isPopulated: false))
    if let storage {
      block.memory.copyBytes(from: storage)
      flushed = storage
      table = try OutboxTable(reopening: block, time: 1000, onChange: nil)
    } else {
      table = OutboxTable(OutboxRecords(formatting: block, seed: 7), time: 1000)
      flushed = []
    }
    flushed = Array(UnsafeRawBufferPointer(block.memory))
    table.defersErasure = true
    table.records.onChange = { [unowned self] bytes, offset in record(bytes.copied, offset) }
  }

  private func record(_ bytes: [UInt8], _ offset: Int) {
    for start in stride(from: 0, to: bytes.count, by: Self.sector) {
      let end = min(start + Self.sector, bytes.count)
      versions[(offset + start) / Self.sector, default: []].append(Array(bytes[start..<end]))
    }
  }

  /// The block as it is.
  var contents: [UInt8] { Array(UnsafeRawBufferPointer(table.records.block.memory)) }

  /// What was written makes the block.
  var isMirrored: Bool {
    var built = flushed
    for (sector, versions) in versions {
      built.replaceSubrange(
        sector * Self.sector..<sector * Self.sector + versions.last!.count, with: versions.last!)
    }
    return built == contents
  }

  /// Brings everything to storage, and erases what has a successor there.
  func flush() {
    let retired = table.takeRetired()
    flushed = contents
    versions = [:]
    table.erase(retired: retired, isFlushed: true)
  }

  /// The storage after a power cut: of each sector that was written since the last flush, any version or the old one.
  func cut(_ random: inout some RandomNumberGenerator) -> [UInt8] {
    var left = flushed
    for (sector, versions) in versions {
      let version = Int.random(in: -1..<versions.count, using: &random)
      guard version >= 0 else { continue }
      left.replaceSubrange(
        sector * Self.sector..<sector * Self.sector + versions[version].count,
        with: versions[version])
    }
    return left
  }

  func add(_ id: String, body: String = "{}", receiver: String = "", key: String = "")
    -> OutboxEntry?
  {
    time += 1
    return table.add(
      OutboxMessage(
        id: Array(id.utf8), created: time, bot: Array("bot".utf8),
        conversation: Array("c".utf8), caller: [], request: Array("r".utf8),
        key: Array(key.utf8), fingerprint: 1 << 63 | 4, receiver: Array(receiver.utf8),
        address: Array("a".utf8), showsAttempts: true, body: Array(body.utf8)))
  }

  func finish(_ entry: OutboxEntry, _ data: String, turnTime: Int64 = 5) -> Bool {
    time += 1
    return table.finish(
      entry, table.message(of: entry)!,
      OutboxResult(
        finished: time, turnTime: turnTime, isDone: true, integration: Array("i".utf8),
        data: Array(data.utf8)))
  }
}

func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
