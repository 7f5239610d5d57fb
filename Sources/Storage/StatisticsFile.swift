import Bytes
import Configuration
import Context
import Logging
import Platform

/// A file of fixed size beside the ring with one text, the statistics, which is replaced as a whole.
///
/// It has three slots, and a text is written to one that is neither the last one on storage nor the one that is being
/// brought there. So a torn write, or a power cut at any moment, leaves a whole text: at the least the one that was
/// flushed last. A slot is 16 bytes (`PostStat` and a checksum, SipHash-2-4 with a key of zeros, little-endian), the
/// number of the text, its length, and the text.
///
/// The lock of the ring's file is the lock of this one, too.
final class StatisticsFile {
  /// How large the slots are: a 64th of the ring, within these limits.
  private static let slotSizes = 8 << 10...64 << 10
  private static let slots = 3
  private static let magic = [UInt8]("PostStat")
  /// What a slot has besides its text, at most.
  private static let overhead = 40

  private let path: [UInt8]
  private let file: StorageFile
  private let slotSize: Int
  private let log: Log
  /// The number of the newest text.
  private var number = 0
  /// The slots with the newest text, with the newest one on storage, and with the one that is being brought there.
  private var latest: Int?
  private var flushed: Int?
  private var flushing: Int?
  private var hasFailed = false
  /// The text that was found in the file; empty for none.
  private(set) var found: [UInt8] = []

  /// The longest text.
  var limit: Int { slotSize - Self.overhead }

  /// Whether everything is on storage.
  var isFlushed: Bool { latest == flushed }

  /// Whether a flush has begun and not ended.
  var isFlushing: Bool { flushing != nil }

  /// Opens or makes the file beside a ring; `nil` if that is not possible, as the log then says. Blocks.
  init?(besideRing ring: [UInt8], of byteCount: Int, log: Log) {
    path = ring + [UInt8](".statistics")
    self.log = log
    slotSize =
      min(max(byteCount / 64, Self.slotSizes.lowerBound), Self.slotSizes.upperBound) / 4096 * 4096
    do throws(SystemError) {
      let whole = try Self.read(path)
      let contents = whole ?? []
      let slots = Slots(in: contents)
      (number, found) = (slots.number, slots.text)
      if contents.count == Self.slots * slotSize, let newest = slots.newest {
        (latest, flushed) = (newest, newest)
      } else {
        if slots.newest == nil, slots.isTorn { try File.replace(Self.aside(path), with: contents) }
        (latest, flushed) = (0, 0)
        number &+= 1
        // All bytes are written, so that the file needs no more room later.
        var new = Self.slot(number, found.count <= slotSize - Self.overhead ? found : [])
        new.append(
          copying: [UInt8](repeating: 0, count: Self.slots * slotSize - new.count).span)
        try File.replace(path, with: new)
      }
      file = try StorageFile(path, .readWrite)
      if slots.isTorn || whole == nil { noteDamage(isLost: slots.newest == nil) }
    } catch {
      Self.complain(error, path, in: log)
      return nil
    }
  }

  // MARK: Reading

  /// What the slots of a file have.
  private struct Slots {
    var number = 0
    var text: [UInt8] = []
    /// The slot with the newest text.
    var newest: Int?
    /// Whether one of them is damaged.
    var isTorn = false

    init(in contents: [UInt8]) {
      let size = contents.count / StatisticsFile.slots
      for slot in 0..<StatisticsFile.slots {
        let bytes = contents.span.extracting(size * slot..<size * (slot + 1))
        guard bytes.indices.contains(where: { bytes[$0] != 0 }) else { continue }
        guard let found = StatisticsFile.text(in: bytes) else {
          isTorn = true
          continue
        }
        if found.number > number { (number, text, newest) = (found.number, found.text, slot) }
      }
    }
  }

  /// The contents of a file; `nil` for one that is too large to be Postern's, which is renamed.
  private static func read(_ path: [UInt8]) throws(SystemError) -> [UInt8]? {
    do throws(SystemError) {
      return try File.read(path, limit: 1 << 20)
    } catch {
      if error.isTooLarge {
        try File.rename(path, to: aside(path))
        return nil
      }
      guard error.isNotFound else { throw error }
      return []
    }
  }

  /// Where a file is kept that has nothing but damage.
  private static func aside(_ path: [UInt8]) -> [UInt8] { path + [UInt8](".unreadable") }

  private func noteDamage(isLost: Bool) {
    guard isLost else {
      return log.write(.warning, "statistics_recovered") { line in
        line.field("file", path)
        line.field("message", "a save was cut off; the last whole one is used")
      }
    }
    log.write(.warning, "statistics_unreadable") { line in
      line.field("file", path)
      line.field("kept_as", Self.aside(path))
      line.field("message", "the counts since the beginning and of the last day begin at 0")
    }
  }

  /// The text in a slot, and its number; `nil` if it is damaged.
  private static func text(in slot: Span<UInt8>) -> (number: Int, text: [UInt8])? {
    guard slot.count > overhead, slot.extracting(0..<8).equals(magic.span) else { return nil }
    let body = slot.extracting(16..<slot.count)
    var reader = RecordReader(body)
    let number = reader.number()
    let text = reader.text().copied
    guard reader.isValid, slot.extracting(8..<16).equals(checksum(number, text).span) else {
      return nil
    }
    return (number, text)
  }

  private static func checksum(_ number: Int, _ text: [UInt8]) -> [UInt8] {
    var hash = SipHash.unkeyed
    hash.combine(number: UInt64(bitPattern: Int64(number)))
    hash.combine(text.span)
    let value = hash.finish()
    return (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  /// A slot with a text.
  private static func slot(_ number: Int, _ text: [UInt8]) -> [UInt8] {
    let buffer = ByteBuffer(capacity: text.count + overhead)
    let writer = RecordWriter(buffer: buffer)
    buffer.append(magic.span)
    buffer.append(checksum(number, text).span)
    writer.put(number)
    writer.put(text, limit: text.count)
    return buffer.bytes
  }

  // MARK: Writing

  /// Writes a text, which is then safe from the end of the process. At most ``limit`` bytes.
  func write(_ text: ByteBuffer) {
    precondition(text.count <= limit)
    let free = (0..<Self.slots).filter { $0 != flushed && $0 != flushing }
    let slot = free.first { $0 != latest } ?? free[0]
    number &+= 1
    do throws(SystemError) {
      try file.write(Self.slot(number, text.bytes).span, at: slot * slotSize)
      latest = slot
      hasFailed = false
    } catch {
      fail(error)
    }
  }

  /// Notes that a flush begins. One is under way at a time.
  func beginFlush() {
    precondition(flushing == nil)
    flushing = latest
  }

  /// Brings what was written to storage. Blocks; touches only the file, so that another thread may call it.
  func flush() throws(SystemError) {
    try file.flush()
  }

  /// Notes the end of a flush.
  func endFlush(_ error: SystemError?) {
    if let error { fail(error) } else { flushed = flushing }
    flushing = nil
  }

  private func fail(_ error: SystemError) {
    guard !hasFailed else { return }
    hasFailed = true
    Self.complain(error, path, in: log)
  }

  private static func complain(_ error: SystemError, _ path: [UInt8], in log: Log) {
    log.write(.warning, "statistics_not_written") { line in
      line.field("file", path)
      line.field("reason", "\(error.call): \(error.reason)")
      line.field("message", "the counts since the beginning and of the last day may be lost")
    }
  }
}
