import Bytes
package import Configuration
package import Context
package import EventLoop
package import Logging
package import Outbox
package import Platform

/// The outbox, and its file if there is one.
///
/// A message is accepted only while it would survive: with a file that cannot be written, none is.
package final class OutboxStore {
  /// The path of the outbox's file; `nil` if the outbox is in memory only.
  package let path: [UInt8]?
  /// The messages and replies.
  package let table: OutboxTable
  private let file: RingFile?
  private let flusher: RingFlusher?
  private let log: Log

  /// Makes the outbox in memory, or opens it from its file. The log tells what was found in the file.
  ///
  /// Without a file, memory is taken as it is used; with one, now.
  ///
  /// - Throws: Why the gateway cannot start: another process has the outbox, or there is not enough memory.
  package init(
    _ settings: OutboxSettings, sync: ContextSettings.Sync, on loop: EventLoop, log: Log,
    random: RandomSource, worker: BlockingWorker
  ) throws(RingFileError) {
    path = settings.file
    self.log = log
    var opening = OutboxOpening(path: settings.file, byteCount: settings.sizeBytes, log: log)
    table = try opening.open(seed: random.next())
    guard let file = opening.file else {
      (file, flusher) = (nil, nil)
      return
    }
    self.file = file
    let flusher = RingFlusher(file, of: table.records.block, sync: sync, on: loop, worker: worker) {
      OutboxStore.note($1, of: $0, in: log)
    }
    self.flusher = flusher
    table.records.onChange = { file.write($0, at: $1) }
    if case .never = sync {} else { table.defersErasure = true }
    flusher.onFlush = { [table, flusher] in
      let retired = table.takeRetired()
      return { isFlushed in
        table.erase(retired: retired, isFlushed: isFlushed)
        if !retired.isEmpty || table.hasRetired { flusher.noteChange() }
      }
    }
    if !file.isFlushed { flusher.noteChange() }
  }

  /// Whether a message that is accepted now survives the end of the process, as far as the configuration asks for that.
  package var isWritable: Bool { path == nil || file != nil && file!.fault == nil }

  /// Notes that the table has changed.
  package func noteChange() {
    flusher?.noteChange()
  }

  /// Makes room as soon as possible, where what is not needed any more waits for a flush.
  package func flushSoon() {
    if table.hasRetired { flusher?.flushSoon() }
  }

  /// Calls `action` when the changes so far are as safe from a power cut as `[context] sync` asks for: with `always` in a
  /// later turn of the loop, otherwise before this returns.
  package func whenDurable(_ action: @escaping () -> Void) {
    if let flusher { flusher.whenDurable(action) } else { action() }
  }

  /// Writes everything to storage. Blocks: for the end of the process, after the worker's end.
  package func close() {
    flusher?.close()
    // It refers to the flusher.
    flusher?.onFlush = nil
  }

  private static func note(_ fault: SystemError?, of file: RingFile, in log: Log) {
    guard let fault else {
      return log.write(.info, "outbox_written") { line in
        line.field("file", file.path)
        line.field("message", "the file is complete again: messages that wait are accepted")
      }
    }
    log.notWritten(fault, file.path)
  }
}

extension Log {
  /// The outbox's file cannot be written.
  func notWritten(_ fault: SystemError, _ path: [UInt8]) {
    write(.error, "outbox_not_written") { line in
      line.field("file", path)
      line.field("reason", "\(fault.call): \(fault.reason)")
      line.field("message", "no message that waits is accepted until the file can be written")
    }
  }
}
