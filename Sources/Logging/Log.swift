import Bytes
import Platform

/// The log: one line an event, to standard error, without ever blocking the loop.
///
/// Lines are gathered and written at the end of a turn; what the reader does not take waits in a bounded buffer,
/// and lines that do not fit there are counted, and the count logged once there is room again.
public final class Log {
  /// The least grave level that is written.
  public var level: LogLevel
  /// How lines are written.
  public var format: LogFormat
  /// Called when a line waits and nobody has been told: whoever sets it sees to it that `flush` is called soon.
  /// Until it is set, every line is flushed at once.
  public var onPending: (() -> Void)?

  private let output: NonBlockingOutput
  private let isJournal: Bool
  private var pending = ByteBuffer(capacity: 1024)
  /// How many lines found no room since the start.
  public private(set) var droppedLineCount = 0
  private var reportedLineCount = 0
  private var isAnnounced = false

  /// The most that waits for a slow reader, in bytes.
  private static let pendingLimit = 256 * 1024
  /// The most room that is kept for lines to come.
  private static let keptCapacity = 16384

  /// A log of this level and format.
  public convenience init(level: LogLevel, format: LogFormat) {
    self.init(level: level, format: format, output: NonBlockingOutput())
  }

  init(level: LogLevel, format: LogFormat, output: consuming NonBlockingOutput) {
    self.level = level
    self.format = format
    isJournal = output.isJournal
    self.output = output
  }

  /// Whether lines of this level are written.
  public func isEnabled(_ level: LogLevel) -> Bool { level <= self.level }

  /// Writes a line about an event, its fields added by `fill`.
  public func write(_ level: LogLevel, _ event: StaticString, _ fill: (inout LogLine) -> Void) {
    guard isEnabled(level) else { return }
    let end = pending.count
    var line = LogLine(level, event, format: format, forJournal: isJournal, to: pending)
    fill(&line)
    line.finish()
    keep(from: end)
  }

  /// Sees to it that the line which begins here is written, if there is room for it to wait.
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

  /// Writes what the reader takes without waiting. Returns whether all has been written; if not, it is to be called
  /// again soon, and `onPending` is not called until all has been.
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

  /// Writes all that waits before the process ends, for as long as the reader takes some of it within a second.
  public func drain() {
    onPending = nil
    while !flush(), output.waitForReader(milliseconds: 1000) {}
  }

  private func writePending() -> Int {
    let waiting = pending
    do throws(SystemError) {
      return try output.write(waiting.span)
    } catch {
      // A reader that is gone takes nothing ever again: what waited is lost, and nobody is left to be told.
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
