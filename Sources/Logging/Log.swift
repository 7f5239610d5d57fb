import Bytes
import Platform

/// The log: one line for each event, to standard error, without blocking.
///
/// Lines wait in a buffer of at most 256 KiB, and are written at the end of a turn of the event
/// loop, as far as the reader takes them. Lines that do not fit are dropped, and their number is
/// logged when there is room again. For one thread.
public final class Log {
  /// The lowest severity that is logged.
  public var level: LogLevel
  /// How lines are written.
  public var format: LogFormat
  /// Called when a line waits for a flush. The owner then calls `flush` soon, but not from this
  /// closure.
  ///
  /// Not called again before `flush` has written everything. Until it is set, every line is flushed
  /// at once.
  public var onPending: (() -> Void)?

  private let output: NonBlockingOutput
  private let isJournal: Bool
  private var pending = ByteBuffer(capacity: 1024)
  /// The number of lines that were dropped since the start.
  public private(set) var droppedLineCount = 0
  private var reportedLineCount = 0
  private var isAnnounced = false

  /// The most bytes that wait for a slow reader.
  private static let pendingLimit = 256 * 1024
  /// The most bytes of buffer that are kept for later lines.
  private static let keptCapacity = 16384

  /// A log to standard error.
  public convenience init(level: LogLevel, format: LogFormat) {
    self.init(level: level, format: format, output: NonBlockingOutput())
  }

  init(level: LogLevel, format: LogFormat, output: consuming NonBlockingOutput) {
    self.level = level
    self.format = format
    isJournal = output.isJournal
    self.output = output
  }

  /// Whether lines of this level are logged.
  public func isEnabled(_ level: LogLevel) -> Bool { level <= self.level }

  /// Logs an event. `fill` adds the fields; it is not called if the level is not logged.
  ///
  /// `fill` must not log.
  @inline(never)
  public func write(_ level: LogLevel, _ event: StaticString, _ fill: (inout LogLine) -> Void) {
    guard isEnabled(level) else { return }
    let end = pending.count
    var line = LogLine(level, event, format: format, forJournal: isJournal, to: pending)
    fill(&line)
    line.finish()
    keep(from: end)
  }

  /// Keeps the line that begins at `start`, or drops it if the buffer is full.
  @inline(never)
  private func keep(from start: Int) {
    guard pending.count <= Log.pendingLimit else {
      pending.truncate(to: start)
      droppedLineCount += 1
      return
    }
    guard let onPending else {
      _ = flush()
      return
    }
    guard !isAnnounced else { return }
    isAnnounced = true
    onPending()
  }

  /// Writes what the reader takes without waiting.
  ///
  /// Returns whether everything is written. If not, the caller calls it again soon; `onPending` is
  /// not called before everything is written.
  public func flush() -> Bool {
    defer { isAnnounced = onPending != nil && pending.count > 0 }
    guard pending.count > 0 else { return true }
    pending.removeFirst(writePending())
    if pending.count == 0 {
      if pending.capacity > Log.keptCapacity { pending = ByteBuffer(capacity: 1024) }
      reportDropped()
    }
    return pending.count == 0
  }

  /// Writes everything that waits, while the reader takes something each second. Blocks; for the
  /// end of the process.
  public func drain() {
    onPending = nil
    while !flush(), output.waitForReader(milliseconds: 1000) {}
  }

  private func writePending() -> Int {
    let waiting = pending
    do throws(SystemError) {
      return try output.write(waiting.span)
    } catch {
      // The reader is gone. The lines are lost, and there is no reader to report that to.
      return pending.count
    }
  }

  private func reportDropped() {
    let count = droppedLineCount - reportedLineCount
    guard count > 0 else { return }
    reportedLineCount = droppedLineCount
    write(.warning, "log_lines_dropped") { $0.field("lines", count) }
  }
}
