import Backends
import Bytes
package import Configuration
package import Context
package import Platform

/// Keeps the last exchanges in a block of memory of fixed size; the newest replace the oldest.
package final class FlightRecorder {
  private var ring: RecordRing?
  private let buffer = ByteBuffer(capacity: 1024)
  /// Whether what was said is kept.
  private(set) var keepsContent = false
  /// The texts that are masked in what was said.
  private var secrets: [[UInt8]] = []
  private var longestSecret = 0
  /// Takes each exchange as it ends.
  package var onRecord: ((borrowing ExchangeRecord) -> Void)?

  /// A record takes at most this part of the memory.
  private static let share = 16
  /// The largest record: 8 KB to 64 KB. Without content no record is larger than 8 KB.
  private static let recordSizes = 8 << 10...64 << 10

  /// A recorder without memory.
  package init() {}

  /// Applies other settings. With another size, as many of the newest exchanges are kept as fit. Throws ENOMEM if
  /// there is not enough memory; then it keeps the memory that it has.
  @inline(never)
  package func adopt(
    _ settings: RecorderSettings, masking secrets: [[UInt8]]
  ) throws(SystemError) {
    keepsContent = settings.keepsContent
    self.secrets = secrets
    longestSecret = secrets.reduce(0) { max($0, $1.count) }
    guard settings.memoryBytes != ring?.capacity ?? 0 else { return }
    guard settings.memoryBytes > 0 else { return ring = nil }
    let new = try RecordRing(byteCount: settings.memoryBytes)
    if let ring { new.append(recordsOf: ring) }
    ring = new
  }

  /// Visits the exchanges, the last to end first, until `body` returns `false`.
  package func visit(_ body: (borrowing ExchangeRecord) -> Bool) {
    ring?.visit { body(ExchangeRecord($0)) }
  }

  /// Forgets the exchanges of conversations that are deleted: all of the conversations in which a user has one. O(n).
  package func forget(_ selection: Erasure.Selection) {
    guard let ring else { return }
    var conversations: [[UInt8]] = []
    var user: [UInt8]?
    let bot: [UInt8]
    switch selection {
    case .conversation(let id, let itsBot): (conversations, bot) = ([id], itsBot)
    case .bot(let itsBot): bot = itsBot
    case .user(let id, let itsBot):
      (user, bot) = (id, itsBot)
      let known = Array(id.prefix(RecordWriter.longestText))
      visit { record in
        if Self.isEqual(record.bot, itsBot), Self.isEqual(record.user, known) {
          conversations.append(record.conversation.copied)
        }
        return true
      }
    }
    let hasAll = conversations.isEmpty && user == nil
    _ = ring.remove { bytes in
      let record = ExchangeRecord(bytes)
      guard Self.isEqual(record.bot, bot) else { return false }
      return hasAll || conversations.contains { Self.isEqual(record.conversation, $0) }
    }
  }

  @inline(never)
  private static func isEqual(_ text: Span<UInt8>, _ other: [UInt8]) -> Bool {
    text.equals(other.span)
  }

  /// Keeps an exchange, whose record `fill` writes.
  func record(_ fill: (RecordWriter) -> Void) {
    guard ring != nil || onRecord != nil else { return }
    let buffer = buffer
    buffer.truncate(to: 0)
    fill(RecordWriter(buffer: buffer))
    ring?.append(buffer.span)
    onRecord?(ExchangeRecord(buffer.span))
  }

  /// Writes what was said, as much of it as a record holds: up to half of the room for the message, the rest for the
  /// reply.
  func put(_ message: [UInt8], _ reply: [UInt8], to writer: RecordWriter) {
    let limit = min(
      max((ring?.capacity ?? 0) / Self.share, Self.recordSizes.lowerBound),
      Self.recordSizes.upperBound)
    let room = limit - buffer.count - 16
    let said = (masked(message, room), masked(reply, room))
    let part = length(of: said.0, within: max(room / 2, room - said.1.count))
    let rest = length(of: said.1, within: room - part)
    writer.put(said.0, limit: part)
    writer.put(said.1, limit: rest)
    let isWhole = part == said.0.count && rest == said.1.count
    writer.put(isWhole && max(message.count, reply.count) <= room ? 0 : 1)
  }

  /// A text without secrets, at least its first `length` bytes or all but a secret's length less.
  ///
  /// Of a long text only the beginning is searched. What could be the first part of a secret there is left out.
  private func masked(_ text: [UInt8], _ length: Int) -> [UInt8] {
    guard text.count > length else { return text.masking(secrets) }
    let start = Array(text[..<min(text.count, length + longestSecret)])
    return Array(start.masking(secrets).dropLast(longestSecret))
  }

  /// How many bytes of a text fit in a limit, without a part of a character.
  private func length(of text: [UInt8], within limit: Int) -> Int {
    guard text.count > limit else { return text.count }
    var length = limit
    while length > 0, text[length] & 0xC0 == 0x80 { length -= 1 }
    return length
  }
}
