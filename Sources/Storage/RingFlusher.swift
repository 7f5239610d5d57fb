import Bytes
import Configuration
import Context
import EventLoop
import Platform

/// Flushes the file of the ring or of the outbox to storage as the configuration says, on a thread of its own: the loop never waits.
///
/// - `always`: a turn waits for the next flush that begins. One flush runs at a time, so that all turns that come
///   meanwhile share the next one (group commit).
/// - A duration: a flush begins early enough to end within the duration after the first change since the last flush.
/// - `never`: the kernel decides when it writes.
///
/// Without changes no timer runs, and nothing is written.
///
/// A file that cannot be written is logged once, and tried again every 30 s. Replies do not wait for it meanwhile: the
/// conversations are in memory.
final class RingFlusher {
  /// The time until a failed write is tried again.
  private static let patience = TimeSpan.seconds(30)
  /// The time until statistics are flushed with `always`, and written with `never`.
  private static let patienceOfStatistics = TimeSpan.seconds(5)
  /// The assumed duration of a flush before the first was measured.
  private static let firstGuess = TimeSpan.milliseconds(100)

  private let file: RingFile
  private let block: ResidentBlock
  private let sync: ContextSettings.Sync
  private let loop: EventLoop
  private let worker: BlockingWorker

  /// What is written with the ring; `nil` for nothing.
  private let statistics: StatisticsSaver?
  /// Is called with the error when the file can no longer be written, and with `nil` when it can again.
  private let onFault: (RingFile, SystemError?) -> Void
  /// Is called when a flush begins. What it returns is called when the flush has ended, with whether it succeeded.
  var onFlush: (() -> (_ isFlushed: Bool) -> Void)?
  /// The actions that wait for a flush that has not begun.
  private var waiting: [() -> Void] = []
  /// Whether a flush is under way, or begins at the end of the turn.
  private var isFlushing = false
  private var timer: TimerID?
  /// Whether a flush became due while one was under way.
  private var isDue = false
  /// Whether the file cannot be written now.
  private(set) var hasFailed = false
  /// The duration of the slowest recent flush.
  private var duration = RingFlusher.firstGuess

  init(
    _ file: RingFile, of block: ResidentBlock, sync: ContextSettings.Sync, on loop: EventLoop,
    worker: BlockingWorker, statistics: StatisticsSaver? = nil,
    onFault: @escaping (RingFile, SystemError?) -> Void
  ) {
    self.statistics = statistics
    self.file = file
    self.block = block
    self.onFault = onFault
    self.sync = sync
    self.loop = loop
    self.worker = worker
  }

  /// Notes that the ring has changed and written to its file.
  func noteChange() {
    if file.fault != nil { return fail() }
    guard case .every(let milliseconds) = sync else { return }
    flush(within: milliseconds)
  }

  private func flush(within milliseconds: Int) {
    guard timer == nil else { return }
    let interval = TimeSpan.milliseconds(milliseconds)
    // Twice the duration of a flush, because one may be under way when this one is due; at most half of the interval.
    let early = min(2 * duration.nanoseconds, interval.nanoseconds / 2)
    let delay = TimeSpan(nanoseconds: interval.nanoseconds - early)
    timer = loop.schedule(after: delay) { [self] in
      timer = nil
      if isFlushing { isDue = true } else { flush() }
    }
  }

  /// Notes that the statistics have changed, maybe without a turn.
  ///
  /// With `always` they are written before this returns, so that the end of the process loses none, and flushed within
  /// some seconds: a flush of their own for each turn would double what a turn costs the storage. With a duration they
  /// are written and flushed within it; with `never` they are written within some seconds.
  func noteStatistics() {
    guard let statistics, statistics.isChanged, !hasFailed else { return }
    switch sync {
    case .always:
      statistics.save()
      inSomeSeconds { [worker] in statistics.flush(on: worker) }
    case .every(let milliseconds): flush(within: milliseconds)
    case .never: inSomeSeconds { statistics.save() }
    }
  }

  private func inSomeSeconds(_ action: @escaping () -> Void) {
    guard timer == nil else { return }
    timer = loop.schedule(after: Self.patienceOfStatistics) { [self] in
      timer = nil
      action()
    }
  }

  /// Calls `action` when everything written so far is as durable as the configuration asks for: with `always` once it is
  /// on storage, otherwise now.
  func whenDurable(_ action: @escaping () -> Void) {
    guard case .always = sync, !hasFailed else { return action() }
    waiting.append(action)
    flushSoon()
  }

  /// Begins a flush at the end of this turn, or after the one that is under way.
  func flushSoon() {
    guard !isFlushing else {
      isDue = true
      return
    }
    isFlushing = true
    loop.atEndOfTurn { [self] in flush() }
  }

  /// Flushes everything to storage, unless the configuration leaves that to the kernel. Blocks: for the end of the
  /// process, after the worker's end.
  func close() {
    loop.cancel(timer)
    statistics?.save()
    if case .never = sync { return }
    statistics?.flushNow()
    guard !file.isFlushed, file.writeAgain(from: block) else { return }
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
    if case .every = sync { statistics?.flush(on: worker) }
    file.beginFlush()
    let onEnd = onFlush?()
    let file = file
    let start = Instant.now
    let completion = { [self] (error: SystemError?) in
      let elapsed = Instant.now - start
      // The old duration counts half, so that one slow flush does not make all later ones early.
      duration = max(elapsed, TimeSpan(nanoseconds: duration.nanoseconds / 2))
      end(error, served)
      onEnd?(error == nil)
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
    onFault(file, fault)
    tryAgainLater()
  }

  private func tryAgainLater() {
    loop.cancel(timer)
    timer = loop.schedule(after: Self.patience) { [self] in
      timer = nil
      if !isFlushing, file.writeAgain(from: block) { flush() } else { tryAgainLater() }
    }
  }

  private func recover() {
    hasFailed = false
    onFault(file, nil)
  }
}
