internal import CLinux

/// A thread for system calls that block, such as fsync(2), so that the event loop does not wait.
///
/// It runs one job at a time, in the order of `submit`. When a job is done, ``number`` becomes
/// readable; `deliver` then calls the completions. The first job starts the thread, which inherits
/// the signal mask of the thread that submitted it.
///
/// All methods are called on one thread, the loop's. A job shares nothing with that thread but what
/// it is given, and that must live until the completion is called.
public final class BlockingWorker {
  private struct Job {
    let work: () throws(SystemError) -> Void
    let completion: (SystemError?) -> Void
    var error: SystemError?
  }

  private let event: Descriptor
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var thread: UInt?

  // The mutex protects these. Only the loop's thread destroys a job, because its closures may hold
  // the last reference to an object of the loop.
  private var submitted: [Job] = []
  private var done: [Job] = []
  private var isClosing = false

  /// Makes a worker whose thread does not run yet; eventfd(2).
  public init() throws(SystemError) {
    let number = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
    guard number >= 0 else { throw SystemError("eventfd") }
    event = Descriptor(adopting: number)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    join()
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// The descriptor to watch for reading; the worker owns it.
  public var number: Int32 { event.number }

  /// Runs `work` on the worker's thread.
  ///
  /// `deliver` or `close` later calls `completion`, with the error that `work` threw or `nil`.
  /// Throws if the thread cannot be started; neither closure is called then. A completion may
  /// submit again.
  public func submit(
    _ work: @escaping () throws(SystemError) -> Void,
    then completion: @escaping (SystemError?) -> Void
  ) throws(SystemError) {
    if thread == nil { try start() }
    pthread_mutex_lock(mutex)
    submitted.append(Job(work: work, completion: completion))
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Calls the completions of the jobs that are done. Does not block.
  public func deliver() {
    var count: UInt64 = 0
    // EAGAIN means that an earlier call has delivered everything.
    _ = try? withUnsafeMutableBytes(of: &count) { (raw) throws(SystemError) in
      try event.read(into: raw)
    }
    var delivered: [Job] = []
    pthread_mutex_lock(mutex)
    swap(&delivered, &done)
    pthread_mutex_unlock(mutex)
    for job in delivered { job.completion(job.error) }
  }

  /// Waits for all jobs, also those that completions submit, delivers them, and ends the thread.
  ///
  /// Blocks; for the end of the process.
  public func close() {
    repeat {
      join()
      deliver()
    } while thread != nil
  }

  // MARK: The thread

  private func start() throws(SystemError) {
    isClosing = false
    var thread: UInt = 0
    // `self` is not retained, because `deinit` waits for the thread.
    let code = clinux_start_thread(
      &thread,
      { context in
        Unmanaged<BlockingWorker>.fromOpaque(context!).takeUnretainedValue().work()
        return nil
      }, Unmanaged.passUnretained(self).toOpaque())
    guard code == 0 else { throw SystemError("pthread_create", code: code) }
    self.thread = thread
  }

  private func join() {
    guard let thread else { return }
    pthread_mutex_lock(mutex)
    isClosing = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
    clinux_join_thread(thread)
    self.thread = nil
  }

  private func work() {
    pthread_mutex_lock(mutex)
    while true {
      while submitted.isEmpty && !isClosing { pthread_cond_wait(condition, mutex) }
      if submitted.isEmpty { break }
      var job = submitted.removeFirst()
      pthread_mutex_unlock(mutex)
      do throws(SystemError) { try job.work() } catch { job.error = error }
      pthread_mutex_lock(mutex)
      done.append(job)
      signal()
    }
    pthread_mutex_unlock(mutex)
  }

  private func signal() {
    var one: UInt64 = 1
    // Fails only if the counter is at its maximum, and then the descriptor is readable anyway.
    _ = try? withUnsafeBytes(of: &one) { (raw) throws(SystemError) in
      try SystemCalls.write(event.number, raw)
    }
  }
}
