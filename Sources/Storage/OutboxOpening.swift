import Bytes
import Context
import Logging
import Outbox
import Platform

/// Opens the outbox's file: locks it, reads it, and makes a new one if it is missing, of another size, or not an outbox.
struct OutboxOpening {
  /// Without symbolic links, so that a new file does not replace a link to the old one; `nil` for none.
  private let path: [UInt8]?
  private let byteCount: Int
  private let log: Log
  /// The file; `nil` if the table is only in memory.
  private(set) var file: RingFile?

  /// How often another process may replace the file between our opening it and locking it.
  private static let attempts = 8

  init(path: [UInt8]?, byteCount: Int, log: Log) {
    self.path = path.map { File.resolve($0) }
    self.byteCount = byteCount
    self.log = log
  }

  /// `seed` is random and secret, for a new outbox.
  mutating func open(seed: UInt64) throws(RingFileError) -> OutboxTable {
    guard let path else { return try emptyTable(seed, isPopulated: false) }
    for _ in 0..<Self.attempts {
      switch RingTaking(path, .readWrite) {
      case .locked: throw .locked
      case .replaced: continue
      case .missing:
        if let table = try make(emptyTable(seed), path, replacing: nil) { return table }
      case .refused(let error):
        log.notWritten(error, path)
        return try emptyTable(seed)
      case .taken(let file):
        let old = RingFile(adopting: file, path: path)
        if let table = try load(old, path, seed) { return table }
      }
    }
    throw .locked
  }

  /// Reads a file that is locked; `nil` if another file has come to the path meanwhile.
  private mutating func load(
    _ old: RingFile, _ path: [UInt8], _ seed: UInt64
  ) throws(RingFileError) -> OutboxTable? {
    let size = old.file.sizeOrZero
    guard size > 0 else { return try make(emptyTable(seed), path, replacing: old) }
    let table: OutboxTable
    let isWhole: Bool
    do throws(ContextError) {
      (table, isWhole) = try read(old, size)
    } catch {
      let other = path + [UInt8](".unreadable")
      log.write(.error, "outbox_unreadable") { line in
        line.field("file", path)
        line.field("kept_as", other)
        line.field(
          "message",
          "the file is not an outbox that this version can read: an empty one replaces it")
      }
      return try make(emptyTable(seed), path, replacing: old, setAside: other)
    }
    noteContents(of: table, path)
    let current = table.records.block.memory.count
    guard current != byteCount || !isWhole else {
      old.file.dropCache()
      // A crash while a file was being made may have left this.
      File.remove(RingFile.aside(path))
      file = old
      return table
    }
    var resized = table
    if current != byteCount {
      let other = try emptyTable(seed)
      if table.copy(to: other.records), let copied = try? reopened(other) { resized = copied }
      log.write(resized === table ? .warning : .info, "outbox_resized") { line in
        line.field("file", path)
        line.field("from_bytes", current)
        line.field("bytes", resized.records.block.memory.count)
      }
      if resized === table, isWhole {
        file = old
        return table
      }
    }
    return try make(resized, path, replacing: old)
  }

  private func reopened(_ table: OutboxTable) throws(ContextError) -> OutboxTable {
    try OutboxTable(
      reopening: table.records.block, time: WallTime.now.milliseconds, onChange: nil)
  }

  /// Reads the outbox in a file of `size` bytes, and says whether the file has all of it.
  private func read(
    _ old: RingFile, _ size: Int
  ) throws(ContextError) -> (table: OutboxTable, isWhole: Bool) {
    // The header says how large it is, unless it is damaged.
    let head = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 8)
    defer { head.deallocate() }
    head.initializeMemory(as: UInt8.self, repeating: 0)
    old.file.readReadable(into: head)
    let whole = OutboxRecords.size(inHeader: head) ?? size
    guard OutboxRecords.sizes.contains(whole),
      let block = try? MemoryBlock(byteCount: whole, isPopulated: true)
    else { throw .damaged }
    let resident = ResidentBlock(block)
    old.file.readReadable(
      into: UnsafeMutableRawBufferPointer(rebasing: resident.memory[..<min(size, whole)]))
    let table = try OutboxTable(reopening: resident, time: WallTime.now.milliseconds) {
      if whole == size { old.write($0, at: $1) }
    }
    return (table, whole == size)
  }

  private func noteContents(of table: OutboxTable, _ path: [UInt8]) {
    if table.damaged > 0 {
      log.write(.warning, "outbox_recovered") { line in
        line.field("file", path)
        line.field("records", table.damaged)
        line.field("message", "records that a crash cut off, or that are damaged, were erased")
      }
    }
    log.write(.info, "outbox_opened") { line in
      line.field("file", path)
      line.field("waiting", table.entries.values.count { !$0.isSettled })
      line.field("finished", table.entries.values.count { $0.isSettled })
    }
  }

  /// Makes the file of a table; `nil` if another file has come to the path. A file that cannot be made is logged.
  private mutating func make(
    _ table: OutboxTable, _ path: [UInt8], replacing old: RingFile?, setAside other: [UInt8]? = nil
  ) throws(RingFileError) -> OutboxTable? {
    switch RingFile.make(path, of: table.records.block, replacing: old, setAside: other) {
    case .locked: throw .locked
    case .replaced: return nil
    case .made(let made):
      file = made
      if old == nil { log.write(.info, "outbox_created") { $0.field("file", path) } }
    case .failed(let error):
      log.notWritten(error, path)
    }
    return table
  }

  private func emptyTable(
    _ seed: UInt64, isPopulated: Bool = true
  ) throws(RingFileError) -> OutboxTable {
    do throws(SystemError) {
      let block = try MemoryBlock(byteCount: byteCount, isPopulated: isPopulated)
      return OutboxTable(
        OutboxRecords(formatting: ResidentBlock(block), seed: seed), time: WallTime.now.milliseconds
      )
    } catch {
      throw .memory(error)
    }
  }
}
