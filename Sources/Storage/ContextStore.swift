package import Bytes
package import Configuration
package import Context
package import EventLoop
package import Logging
package import Platform

/// The conversations: the ring, and its file if there is one.
package final class ContextStore {
  /// The most bytes that a user's id can have.
  package static var longestUserID: Int { ContextRing.longestUserID }

  /// The most turns that `recall` visits.
  package static var longestRecall: Int { ContextRing.maximumRecall }

  /// The path of the ring's file; `nil` if the ring is in memory only.
  package let file: [UInt8]?
  /// Why the ring is in memory although it has a file; `nil` where the file is in use.
  private let openingFault: Text?
  /// When the file is flushed.
  package let sync: ContextSettings.Sync

  private let resident: ResidentRing
  private let flusher: RingFlusher?
  private let eraser: ConversationEraser
  /// Keeps the limits of the models' contexts over restarts; `nil` without a file.
  package let learnedLimits: LearnedLimits?
  /// Keeps the statistics over restarts; `nil` without a file.
  private let statisticsSaver: StatisticsSaver?

  /// Makes the ring in memory, or opens it from its file. The log tells what was found in the file.
  ///
  /// - Parameter worker: Makes the calls that block.
  /// - Throws: Why the gateway cannot start: another process has the ring, or there is not enough memory.
  package init(
    _ settings: ContextSettings, on loop: EventLoop, log: Log, random: RandomSource,
    worker: BlockingWorker
  ) throws(RingFileError) {
    let key = SipHash.Key(random.next(), random.next())
    sync = settings.sync
    guard let path = settings.file else {
      do throws(SystemError) {
        resident = try ResidentRing(byteCount: settings.memoryBytes, key: key)
        file = nil
        openingFault = nil
        flusher = nil
        learnedLimits = nil
        statisticsSaver = nil
        eraser = ConversationEraser(resident, on: loop) {}
      } catch {
        throw .memory(error)
      }
      return
    }
    let opened = try OpenedRing.open(path, byteCount: settings.memoryBytes, key: key)
    resident = opened.resident
    file = opened.file == nil ? nil : path
    let statistics =
      opened.file == nil
      ? nil : StatisticsFile(besideRing: path, of: settings.memoryBytes, log: log)
    let saver = statistics.map { StatisticsSaver(to: $0, log: log) }
    statisticsSaver = saver
    let flusher = opened.file.map {
      RingFlusher(
        $0, of: opened.resident.block, sync: settings.sync, on: loop, worker: worker,
        statistics: saver
      ) { ContextStore.note($1, of: $0, in: log) }
    }
    self.flusher = flusher
    learnedLimits = LearnedLimits(besideRing: path, log: log, worker: worker)
    eraser = ConversationEraser(opened.resident, on: loop) { flusher?.noteChange() }
    var fault: Text?
    for finding in opened.findings {
      log.write(finding, of: path)
      guard case .memoryOnly(let error) = finding else { continue }
      fault =
        "the context is in memory only, until the next start: \(path) cannot be used: \(error.reason)"
    }
    openingFault = fault
    // Opening may have erased or repaired records.
    if opened.file?.isFlushed == false { flusher?.noteChange() }
  }

  /// Why conversations are only in memory although they have a file; `nil` where all is well.
  package var fault: Text? {
    if let openingFault { return openingFault }
    guard flusher?.hasFailed == true else { return nil }
    return "the context is in memory only: its file cannot be written"
  }

  private static func note(_ fault: SystemError?, of file: RingFile, in log: Log) {
    guard let fault else {
      return log.write(.info, "context_written") { line in
        line.field("file", file.path)
        line.field("message", "the file is complete again")
      }
    }
    log.write(.error, "context_not_written") { line in
      line.field("file", file.path)
      line.field("reason", "\(fault.call): \(fault.reason)")
      line.field("message", "conversations stay in memory; writing is tried again every 30 s")
    }
  }

  /// Visits the newest turns of a conversation, or those up to one, oldest first. Returns how many there were.
  @discardableResult
  package func recall(
    bot: [UInt8], conversation: [UInt8], turns: Int, through last: UInt64? = nil,
    visit: (Role, Span<UInt8>) -> Void
  ) -> Int {
    resident.ring.recall(
      ConversationIdentity(bot: bot.span, conversation: conversation.span), turns: turns,
      through: last, visit: visit)
  }

  /// Visits the newest turns in the same way, if the user's message of each one `isWanted`. Otherwise it visits none, and
  /// returns `nil`.
  package func recall(
    bot: [UInt8], conversation: [UInt8], turns: Int, through last: UInt64?,
    ifAll isWanted: (_ user: Span<UInt8>) -> Bool, visit: (Role, Span<UInt8>) -> Void
  ) -> Int? {
    resident.ring.recall(
      ConversationIdentity(bot: bot.span, conversation: conversation.span), turns: turns,
      through: last, ifAll: isWanted, visit: visit)
  }

  /// Visits the turns of a conversation from the newest back, until `visit` returns `false`.
  package func walk(
    bot: [UInt8], conversation: [UInt8], visit: (borrowing Turn) -> Bool
  ) {
    resident.ring.walk(
      ConversationIdentity(bot: bot.span, conversation: conversation.span), visit: visit)
  }

  /// Deletes one turn of a conversation. Calls `completion` with whether it was there, once the deletion is as durable as
  /// a turn is.
  package func delete(
    turn: UInt64, of conversation: [UInt8], bot: [UInt8],
    then completion: @escaping (_ wasThere: Bool) -> Void
  ) {
    let wasThere = resident.ring.erase(
      turn: turn, of: ConversationIdentity(bot: bot.span, conversation: conversation.span))
    guard wasThere else { return completion(false) }
    flusher?.noteChange()
    whenDurable { completion(true) }
  }

  /// Copies the last turns of a part of a conversation to another one.
  package func copy(_ turns: Int, of part: ConversationPart, bot: [UInt8], to conversation: [UInt8])
    throws(ContextError)
  {
    struct Copy {
      let (user, reply, integration, userID): ([UInt8], [UInt8], [UInt8], [UInt8])
    }
    var copies: [Copy] = []
    walk(bot: bot, conversation: part.conversation) { turn in
      guard turn.sequence <= part.last else { return true }
      copies.append(
        Copy(
          user: turn.user.copied, reply: turn.reply.copied, integration: turn.integration.copied,
          userID: turn.userID.copied))
      return copies.count < turns
    }
    for copy in copies.reversed() {
      try append(
        bot: bot, conversation: conversation, user: copy.user.span, reply: copy.reply.span,
        integration: copy.integration, userID: copy.userID)
    }
  }

  /// How many of the newest turns of a conversation fit, and how many there are; `fits` is asked about the newest first.
  package func count(
    bot: [UInt8], conversation: [UInt8], turns: Int, through last: UInt64? = nil,
    fits: (_ user: Span<UInt8>, _ reply: Span<UInt8>) -> Bool
  ) -> (fitting: Int, all: Int) {
    resident.ring.count(
      of: ConversationIdentity(bot: bot.span, conversation: conversation.span), turns: turns,
      through: last, fits: fits)
  }

  /// Adds a turn, the user's message and its reply, to a conversation: both or neither. With a file, it survives the end
  /// of the process from now on. `time` is in milliseconds since 1970.
  package func append(
    bot: [UInt8], conversation: [UInt8], user: Span<UInt8>, reply: Span<UInt8>,
    integration: [UInt8], userID: [UInt8], at time: Int64 = WallTime.now.milliseconds
  ) throws(ContextError) {
    _ = try resident.ring.append(
      to: ConversationIdentity(bot: bot.span, conversation: conversation.span), user: user,
      reply: reply, integration: integration.span, userID: userID.span,
      at: time)
    flusher?.noteChange()
  }

  /// Whether a conversation has the turn that was appended with this time and this message of the user's.
  package func hasTurn(
    bot: [UInt8], conversation: [UInt8], at time: Int64, user: Span<UInt8>
  ) -> Bool {
    resident.ring.hasTurn(
      of: ConversationIdentity(bot: bot.span, conversation: conversation.span), at: time,
      user: user)
  }

  /// Calls `action` when the changes so far are as safe from a power cut as `[context] sync` asks for: with `always` in a
  /// later turn of the loop, otherwise before this returns.
  package func whenDurable(_ action: @escaping () -> Void) {
    if let flusher { flusher.whenDurable(action) } else { action() }
  }

  /// Keeps statistics in the file beside the ring's from now on, and returns those of an earlier process; empty
  /// without a file.
  package func keep(_ statistics: any KeptStatistics) -> [UInt8] {
    statisticsSaver?.source = statistics
    return statisticsSaver?.found ?? []
  }

  /// Notes that the statistics may have changed.
  package func noteStatistics() {
    flusher?.noteStatistics()
  }

  /// Writes everything to storage. Blocks: for the end of the process, after the worker's end.
  package func close() {
    flusher?.close()
  }

  /// The ring's size and contents, in numbers.
  package var statistics: RingStatistics { resident.ring.statistics }

  /// What is stored of a conversation; `nil` for nothing.
  package func activity(of conversation: [UInt8], bot: [UInt8]) -> ConversationActivity? {
    resident.ring.activity(
      of: ConversationIdentity(bot: bot.span, conversation: conversation.span))
  }

  /// Visits a page of a bot's conversations, the latest first, and returns their number. With a `userID`, only those
  /// in which that user has a turn count.
  package func conversations(
    of bot: [UInt8], with userID: [UInt8], from first: Int, limit: Int,
    visit: (Span<UInt8>, ConversationActivity) -> Void
  ) -> Int {
    resident.ring.conversations(
      of: bot.span, with: userID.span, from: first, limit: limit, visit: visit)
  }

  /// Whether anything is kept of a bot.
  package func hasConversations(of bot: [UInt8]) -> Bool {
    resident.ring.hasConversations(of: bot.span)
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

  /// Deletes conversations, with their text. Calls `completion` with their number once the deletion is as durable as
  /// a turn is; see ``whenDurable(_:)``.
  ///
  /// Deletions are done one after another, in slices of a few milliseconds, so that messages are answered meanwhile.
  package func delete(
    _ selection: Erasure.Selection, then completion: @escaping (_ conversations: Int) -> Void
  ) {
    eraser.erase(selection) { [self] conversations in
      guard conversations > 0 else { return completion(0) }
      whenDurable { completion(conversations) }
    }
  }
}
