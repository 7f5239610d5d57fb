import Bytes
import Configuration
import Context
import EventLoop
import Logging
import Platform

/// Brings a ring's file to storage when the configuration says so, on a thread of its own: the loop never waits.
///
/// - `always`: who waits for a turn to be durable waits for the next flush that begins. One is made at a time, so all
///   that comes while it lasts shares the one behind it (group commit).
/// - A duration: a flush begins so long after the first change since the last that it is over in time.
/// - `never`: the kernel writes what it has, when it sees fit.
///
/// Where nothing changes there is nothing to flush, no timer runs, and nothing is written.
///
/// A file that cannot be written is one line in the log, and is tried again from time to time. Meanwhile nobody waits
/// for it: the replies are sound, and the conversations are in memory.
final class RingFlusher {
  /// How long until what could not be written is tried again.
  private static let patience = TimeSpan.seconds(30)
  /// How long a flush may take, as long as none was measured.
  private static let firstGuess = TimeSpan.milliseconds(100)

  private let file: RingFile
  private let resident: ResidentRing
  private let sync: ContextSettings.Sync
  private let loop: EventLoop
  private let log: Log
  private let worker: BlockingWorker

  /// Who waits for a flush that has not begun.
  private var waiting: [() -> Void] = []
  /// A flush is being made, or about to begin at the end of the turn.
  private var isFlushing = false
  private var timer: TimerID?
  /// The time came for a flush while one was being made.
  private var isDue = false
  private var hasFailed = false
  /// What the slowest of the recent flushes took.
  private var duration = RingFlusher.firstGuess

  init(
    _ file: RingFile, of resident: ResidentRing, sync: ContextSettings.Sync, on loop: EventLoop,
    log: Log, worker: BlockingWorker
  ) {
    self.file = file
    self.resident = resident
    self.sync = sync
    self.loop = loop
    self.log = log
    self.worker = worker
  }

  /// The ring has changed, and written to its file.
  func noteChange() {
    if file.fault != nil { return fail() }
    guard case .every(let milliseconds) = sync, timer == nil else { return }
    let interval = TimeSpan.milliseconds(milliseconds)
    // Twice what a flush takes, as one may be under way when this one is due; but not all the time.
    let early = min(2 * duration.nanoseconds, interval.nanoseconds / 2)
    let delay = TimeSpan(nanoseconds: interval.nanoseconds - early)
    timer = loop.schedule(after: delay) { [self] in
      timer = nil
      if isFlushing { isDue = true } else { flush() }
    }
  }

  /// Calls `action` as soon as everything that was written until now is as durable as the configuration asks for: with
  /// `always`, once it is on storage; otherwise now.
  func whenDurable(_ action: @escaping () -> Void) {
    guard case .always = sync, !hasFailed else { return action() }
    waiting.append(action)
    guard !isFlushing else { return }
    isFlushing = true
    loop.atEndOfTurn { [self] in flush() }
  }

  /// Brings everything to storage, in so far as the configuration leaves that to the gateway. Blocks: for the end of
  /// the process, when the worker has ended.
  func close() {
    loop.cancel(timer)
    if case .never = sync { return }
    guard !file.isFlushed, file.writeAgain(from: resident) else { return }
    file.beginFlush()
    do throws(SystemError) {
      try file.flush()
      file.endFlush(nil)
    } catch {
      file.endFlush(error)
      fail()
    }
  }

  // MARK: Flushing

  private func flush() {
    isFlushing = true
    isDue = false
    let served = waiting
    waiting = []
    file.beginFlush()
    let file = file
    let start = Instant.now
    let completion = { [self] (error: SystemError?) in
      let elapsed = Instant.now - start
      // Half of what was, so that one slow flush does not make all later ones early.
      duration = max(elapsed, TimeSpan(nanoseconds: duration.nanoseconds / 2))
      end(error, served)
    }
    do throws(SystemError) {
      try worker.submit({ () throws(SystemError) in try file.flush() }, then: completion)
    } catch {
      completion(error)
    }
  }

  private func end(_ error: SystemError?, _ served: [() -> Void]) {
    isFlushing = false
    file.endFlush(error)
    var answered = served
    if file.fault != nil {
      answered += waiting
      waiting = []
      if hasFailed { tryAgainLater() } else { fail() }
    } else {
      if hasFailed { recover() }
      if isDue || !waiting.isEmpty { flush() }
    }
    for action in answered { action() }
  }

  // MARK: A file that fails

  private func fail() {
    guard !hasFailed, let fault = file.fault else { return }
    hasFailed = true
    log.write(.error, "context_not_written") { line in
      line.field("file", file.path)
      line.field("reason", "\(fault.call): \(fault.reason)")
      line.field("message", "the conversations go on in memory; writing is tried again every 30 s")
    }
    tryAgainLater()
  }

  private func tryAgainLater() {
    loop.cancel(timer)
    timer = loop.schedule(after: Self.patience) { [self] in
      timer = nil
      if !isFlushing, file.writeAgain(from: resident) { flush() } else { tryAgainLater() }
    }
  }

  private func recover() {
    hasFailed = false
    log.write(.info, "context_written") { line in
      line.field("file", file.path)
      line.field("message", "the file has everything again")
    }
  }
}
