public import Platform

/// The event loop: readiness of descriptors, timers, and work deferred to the end of a turn.
///
/// Everything runs on the thread that calls `run`, and must not block. A turn waits for readiness
/// or the next deadline, calls the handlers of the ready descriptors, runs what they deferred,
/// calls the timers that are due, and runs what those deferred.
///
/// So what has come counts before time is up, even where the process was stopped meanwhile.
public final class EventLoop {
  private let poller: Poller
  private var registrations = RegistrationTable()
  private var timers = TimerHeap()
  /// Actions for the end of this turn.
  private var deferred: [Deferred] = []
  /// The array in which the actions are kept while they run. The memory of both arrays is used
  /// again, unless it is large.
  private var spare: [Deferred] = []
  private var isStopping = false
  private static let deferredRounds = 8
  /// A timer that is later than this shows that the process did not run, or that turns are long.
  private static let tolerance = TimeSpan.milliseconds(10)
  /// How often, and for how long, readiness is looked for before timers that are late.
  private static let (lateRounds, lateTime) = (64, TimeSpan.milliseconds(20))
  /// The most actions that the kept memory has room for.
  private static let keptCapacity = 256

  /// An action in a type of its own.
  ///
  /// An array of bare functions is generic, and allocates an adapter for each of them.
  private struct Deferred {
    /// `nil` once it runs: it is moved out, because copying a function counts its references.
    var action: (() -> Void)?
  }

  /// The current time, which goes on within a turn: for measuring. Deadlines are computed from
  /// `now`.
  public let clock: () -> Instant

  /// The time at which this turn began. Deadlines are computed from it, so that a turn has one
  /// time.
  public private(set) var now: Instant

  /// A loop with nothing registered. Tests replace `clock`. epoll_create1(2).
  public init(clock: @escaping () -> Instant = { Instant.now }) throws(SystemError) {
    poller = try Poller()
    self.clock = clock
    now = clock()
  }

  /// Calls `handler` whenever `descriptor` is ready for `interest`, until the registration ends.
  ///
  /// The caller owns the descriptor, and ends the registration before closing it (`deregister`) or
  /// with it (`forget`); otherwise the handler is never freed. A handler may register and
  /// deregister. Throws what epoll_ctl(2) reports, such as EPERM for a regular file.
  public func register(
    _ descriptor: Int32, for interest: Interest, _ handler: @escaping (Readiness) -> Void
  ) throws(SystemError) -> Registration {
    let registration = registrations.insert(descriptor, handler)
    do throws(SystemError) {
      try poller.add(descriptor, for: interest, token: registration.token)
    } catch {
      registrations.remove(registration)
      throw error
    }
    return registration
  }

  /// Changes what a registration waits for, and arms one again that is `once` and has fired. A
  /// registration that has ended is ignored.
  public func rearm(_ registration: Registration, for interest: Interest) throws(SystemError) {
    guard let entry = registrations[registration] else { return }
    try poller.modify(entry.descriptor, for: interest, token: registration.token)
  }

  /// Ends a registration whose descriptor stays open.
  ///
  /// Its handler is not called again, not even for events of this turn.
  public func deregister(_ registration: Registration) {
    guard let entry = registrations[registration] else { return }
    poller.remove(entry.descriptor)
    registrations.remove(registration)
  }

  /// Ends a registration whose descriptor is being closed.
  ///
  /// Closing removes it from epoll, so no system call is needed; epoll(7), question 6.
  public func forget(_ registration: Registration) {
    registrations.remove(registration)
  }

  /// Calls `action` once, `span` after the start of this turn, but not before the next turn. O(log
  /// timers).
  public func schedule(after span: TimeSpan, _ action: @escaping () -> Void) -> TimerID {
    schedule(at: now + span, action)
  }

  /// Calls `action` once at `deadline`, or in the next turn if that has passed. O(log timers).
  public func schedule(at deadline: Instant, _ action: @escaping () -> Void) -> TimerID {
    // Not due in this turn: a timer that always schedules another one would never let the turn end.
    timers.schedule(at: max(deadline, now + TimeSpan(nanoseconds: 1)), action)
  }

  /// Cancels a timer. `nil`, or one that has fired, is ignored. O(log timers).
  public func cancel(_ timer: TimerID?) {
    if let timer { timers.cancel(timer) }
  }

  /// Runs `action` at the end of this turn: for what a callback of a C library must not do itself.
  public func atEndOfTurn(_ action: @escaping () -> Void) {
    deferred.append(Deferred(action: action))
  }

  /// Runs turns until `stop`.
  public func run() throws(SystemError) {
    isStopping = false
    while !isStopping { try turn() }
  }

  /// Makes `run` return after the current turn.
  public func stop() {
    isStopping = true
  }

  /// Drops all registrations, timers and deferred actions, and so the objects that only they keep
  /// alive.
  public func close() {
    registrations = RegistrationTable()
    timers = TimerHeap()
    deferred = []
  }

  /// Runs one turn. It waits at most until the next deadline, and at most for `limit`.
  public func turn(waitingAtMost limit: TimeSpan? = nil) throws(SystemError) {
    _ = try handleReadiness(waitingFor: waitMilliseconds(limit))
    try catchUp()
    while let action = timers.popDue(at: now) { action() }
    runDeferred()
  }

  /// Waits for readiness, and handles it. Returns whether there was any.
  private func handleReadiness(waitingFor milliseconds: Int32) throws(SystemError) -> Bool {
    let count = try poller.wait(milliseconds: milliseconds)
    now = clock()
    for index in 0..<count {
      let (token, readiness) = poller.event(index)
      // Looked up only now, because an earlier handler may have ended the registration.
      registrations[Registration(token: token)]?.handler?(readiness)
    }
    runDeferred()
    return count > 0
  }

  /// Handles all that has come before timers that are late.
  ///
  /// The wait of a process that was stopped ends without readiness (signal(7), "Interruption of
  /// system calls and library functions by stop signals"), and a long response is read in pieces.
  private func catchUp() throws(SystemError) {
    let end = now + EventLoop.lateTime
    for _ in 0..<EventLoop.lateRounds {
      guard let next = timers.next, next + EventLoop.tolerance < now, now < end else { return }
      guard try handleReadiness(waitingFor: 0) else { return }
    }
  }

  /// Runs the deferred actions, and those that they defer, up to a number of rounds.
  ///
  /// The rest waits for the next turn, after the other handlers, so that an action that always
  /// defers another one does not stop the loop.
  private func runDeferred() {
    for _ in 0..<EventLoop.deferredRounds {
      if deferred.isEmpty { return }
      var batch: [Deferred] = []
      swap(&batch, &spare)
      swap(&batch, &deferred)
      for index in batch.indices { batch[index].action.take()?() }
      batch.removeAll(keepingCapacity: batch.capacity <= EventLoop.keptCapacity)
      swap(&batch, &spare)
    }
  }

  private func waitMilliseconds(_ limit: TimeSpan?) -> Int32 {
    if !deferred.isEmpty { return 0 }
    var wait = limit
    if let next = timers.next {
      if next <= now { return 0 }
      let untilNext = next - clock()
      wait = wait.map { min($0, untilNext) } ?? untilNext
    }
    guard let wait else { return -1 }
    return Int32(clamping: max(0, wait.millisecondsRoundedUp))
  }
}
