import Bytes
import Configuration
import Context
import Logging
import Platform

/// Writes the statistics to their file, if they have changed.
final class StatisticsSaver {
  private let file: StatisticsFile
  private let log: Log
  private let buffer = ByteBuffer(capacity: 1024)
  private var hasComplained = false
  /// What is written.
  var source: (any KeptStatistics)?

  init(to file: StatisticsFile, log: Log) {
    self.file = file
    self.log = log
  }

  /// Whether there is something to write.
  var isChanged: Bool { source?.isChanged == true }

  /// What the file had.
  var found: [UInt8] { file.found }

  /// Writes what has changed.
  func save() {
    guard let source, source.isChanged else { return }
    let isWhole = source.write(to: buffer, within: file.limit)
    file.write(buffer)
    if !isWhole, !hasComplained {
      hasComplained = true
      log.write(.warning, "statistics_cut") { line in
        line.field("bytes", file.limit)
        line.field(
          "message",
          "a restart loses the hours of the last day, or integrations: raise [context] memory")
      }
    }
  }

  /// Writes what has changed, and brings it to storage on the worker's thread, unless it is still at the flush before.
  func flush(on worker: BlockingWorker) {
    save()
    guard !file.isFlushed, !file.isFlushing else { return }
    let file = file
    file.beginFlush()
    do throws(SystemError) {
      try worker.submit({ () throws(SystemError) in try file.flush() }, then: file.endFlush)
    } catch {
      file.endFlush(error)
    }
  }

  /// Brings everything to storage. Blocks: for the end of the process.
  func flushNow() {
    guard !file.isFlushed else { return }
    file.beginFlush()
    do throws(SystemError) {
      try file.flush()
      file.endFlush(nil)
    } catch {
      file.endFlush(error)
    }
  }
}
