import Bytes
package import Configuration
package import Context
package import EventLoop
package import Logging
package import Platform

/// The conversations' memory: the ring, and the file that keeps it if there is one.
package final class ContextStore {
  private let resident: ResidentRing
  private let flusher: RingFlusher?

  /// Makes the ring, in memory alone, or opens it from its file; what there is to say of that goes to the log.
  ///
  /// - Parameter worker: Does what blocks.
  /// - Throws: What keeps the gateway from starting: a ring that another process has, or no memory.
  package init(
    _ settings: ContextSettings, on loop: EventLoop, log: Log, random: RandomSource,
    worker: BlockingWorker
  ) throws(RingFileError) {
    let key = SipHash.Key(random.next(), random.next())
    guard let path = settings.file else {
      do throws(SystemError) {
        resident = try ResidentRing(byteCount: settings.memoryBytes, key: key)
        flusher = nil
      } catch {
        throw .memory(error)
      }
      return
    }
    let opened = try OpenedRing.open(path, byteCount: settings.memoryBytes, key: key)
    resident = opened.resident
    let flusher = opened.file.map {
      RingFlusher(
        $0, of: opened.resident, sync: settings.sync, on: loop, log: log,
        worker: worker)
    }
    self.flusher = flusher
    for finding in opened.findings { log.write(finding, of: path) }
    // What opening has erased or mended.
    if opened.file?.isFlushed == false { flusher?.noteChange() }
  }

  /// Visits the newest messages of a conversation, oldest first.
  package func recall(
    bot: [UInt8], conversation: [UInt8], messages: Int,
    visit: (Role, Span<UInt8>) -> Void
  ) {
    resident.ring.recall(
      ConversationIdentity(bot: bot.span, conversation: conversation.span), messages: messages,
      visit: visit)
  }

  /// Adds a turn, the user's message and its reply, to a conversation: both or neither. From now on it outlives the
  /// process, if there is a file.
  package func append(
    bot: [UInt8], conversation: [UInt8], user: Span<UInt8>, reply: Span<UInt8>,
    integration: [UInt8]
  ) throws(ContextError) {
    _ = try resident.ring.append(
      to: ConversationIdentity(bot: bot.span, conversation: conversation.span), user: user,
      reply: reply, integration: integration.span, at: WallTime.now.milliseconds)
    flusher?.noteChange()
  }

  /// Calls `action` when what was appended or deleted until now is as safe from a power cut as `[context] sync` asks
  /// for, and the client may be told of it: with `always`, in a later turn of the loop; otherwise before this returns.
  package func whenDurable(_ action: @escaping () -> Void) {
    if let flusher { flusher.whenDurable(action) } else { action() }
  }

  /// Brings everything to storage. Blocks: for the end of the process, when the worker has ended.
  package func close() {
    flusher?.close()
  }

  /// How full the ring is.
  package var statistics: RingStatistics { resident.ring.statistics }

  /// What is kept of a conversation; `nil` for nothing.
  package func activity(of conversation: [UInt8], bot: [UInt8]) -> ConversationActivity? {
    resident.ring.activity(
      of: ConversationIdentity(bot: bot.span, conversation: conversation.span))
  }

  /// Visits a page of a bot's conversations, the latest first; returns how many there are.
  package func conversations(
    of bot: [UInt8], from first: Int, limit: Int,
    visit: (Span<UInt8>, ConversationActivity) -> Void
  ) -> Int {
    resident.ring.conversations(of: bot.span, from: first, limit: limit, visit: visit)
  }

  /// Visits a page of a conversation's turns, oldest first; returns how many there are.
  package func turns(
    of conversation: [UInt8], bot: [UInt8], from first: Int, limit: Int,
    visit: (borrowing Turn) -> Void
  ) -> Int {
    resident.ring.turns(
      of: ConversationIdentity(bot: bot.span, conversation: conversation.span), from: first,
      limit: limit, visit: visit)
  }

  /// Deletes a conversation, its text included; returns whether there was one.
  package func delete(_ conversation: [UInt8], bot: [UInt8]) -> Bool {
    let identity = ConversationIdentity(bot: bot.span, conversation: conversation.span)
    guard resident.ring.delete(identity) else { return false }
    flusher?.noteChange()
    return true
  }
}
