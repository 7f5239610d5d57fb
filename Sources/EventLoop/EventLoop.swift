public import Platform

/// The one loop: readiness of descriptors, deadlines, and work put off to the end of a turn, all on the thread
/// that calls `run`. Nothing that it calls may block or wait.
///
/// A turn: wait for readiness or the next deadline → call the handlers of what is ready → fire the timers that
/// are due → run what was deferred.
public final class EventLoop {
  private let poller: Poller
  private var registrations = RegistrationTable()
  private var timers = TimerHeap()
  /// What is to be done at the end of this turn.
  private var deferred: [Deferred] = []
  /// Where that is gathered while it is being done; the memory of both is used again, unless it is much.
  private var spare: [Deferred] = []
  private var isStopping = false
  private static let deferredRounds = 8
  /// How many actions the memory that is kept has room for, at most.
  private static let keptCapacity = 256

  /// An action, in a type of its own: an array of bare functions, being generic, keeps each inside another that adapts
  /// how it is called, and allocates that.
  private struct Deferred {
    let action: () -> Void
  }

  /// The time, as it goes on within a turn: what is measured, rather than reckoned from `now`.
  public let clock: () -> Instant

  /// The time at which this turn began: what deadlines are reckoned from, so that a turn sees one time.
  public private(set) var now: Instant

  /// A loop with nothing registered. `clock` is replaced in tests.
  public init(clock: @escaping () -> Instant = { Instant.now }) throws(SystemError) {
    poller = try Poller()
    self.clock = clock
    now = clock()
  }

  /// Calls `handler` whenever `descriptor` is ready for one of `interest`, until deregistered. The caller keeps
  /// the descriptor open for as long; closing it without deregistering leaks the handler.
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

  /// Changes what a registration waits for; one `once` that has fired is armed again.
  public func rearm(_ registration: Registration, for interest: Interest) throws(SystemError) {
    guard let entry = registrations[registration] else { return }
    try poller.modify(entry.descriptor, for: interest, token: registration.token)
  }

  /// Ends a registration while its descriptor is still open. Its handler is not called again, not even for what
  /// this turn has already found ready.
  public func deregister(_ registration: Registration) {
    guard let entry = registrations[registration] else { return }
    poller.remove(entry.descriptor)
    registrations.remove(registration)
  }

  /// Ends a registration whose descriptor is being closed: closing takes it out of epoll, so that no system
  /// call is needed here. epoll(7), question 6.
  public func forget(_ registration: Registration) {
    registrations.remove(registration)
  }

  /// Calls `action` once, `span` from this turn's time; in the next turn at the earliest.
  public func schedule(after span: TimeSpan, _ action: @escaping () -> Void) -> TimerID {
    schedule(at: now + span, action)
  }

  /// Calls `action` once at `deadline`; in the next turn if that has passed.
  public func schedule(at deadline: Instant, _ action: @escaping () -> Void) -> TimerID {
    // Not due in this turn: timers that are always due again would never let it end.
    timers.schedule(at: max(deadline, now + TimeSpan(nanoseconds: 1)), action)
  }

  /// Forgets a timer; `nil` and one that has fired are left alone.
  public func cancel(_ timer: TimerID?) {
    if let timer { timers.cancel(timer) }
  }

  /// Puts `action` off to the end of this turn: what a C library's callback records, and must not do itself.
  public func atEndOfTurn(_ action: @escaping () -> Void) {
    deferred.append(Deferred(action: action))
  }

  /// Turns until `stop`.
  public func run() throws(SystemError) {
    isStopping = false
    while !isStopping { try turn() }
  }

  /// Ends `run` after the current turn.
  public func stop() {
    isStopping = true
  }

  /// Forgets all that is registered, scheduled and deferred, and so everything that only these kept in memory.
  public func close() {
    registrations = RegistrationTable()
    timers = TimerHeap()
    deferred = []
  }

  /// One turn; waits at most until the next deadline, or `limit`.
  public func turn(waitingAtMost limit: TimeSpan? = nil) throws(SystemError) {
    let count = try poller.wait(milliseconds: waitMilliseconds(limit))
    now = clock()
    for index in 0..<count {
      let (token, readiness) = poller.event(index)
      // Looked up only now: a handler before this one may have ended the registration.
      registrations[Registration(token: token)]?.handler?(readiness)
    }
    while let action = timers.popDue(at: now) { action() }
    runDeferred()
  }

  /// Runs what was deferred, and what that defers in turn, but not for ever: what always has more to do goes on in
  /// the next turn, after everybody else.
  private func runDeferred() {
    for _ in 0..<EventLoop.deferredRounds where !deferred.isEmpty {
      var batch: [Deferred] = []
      swap(&batch, &spare)
      swap(&batch, &deferred)
      for index in batch.indices { batch[index].action() }
      batch.removeAll(keepingCapacity: batch.capacity <= EventLoop.keptCapacity)
      swap(&batch, &spare)
    }
  }

  private func waitMilliseconds(_ limit: TimeSpan?) -> Int32 {
    if !deferred.isEmpty { return 0 }
    var wait = limit
    if let next = timers.next {
      let untilNext = next - clock()
      wait = wait.map { min($0, untilNext) } ?? untilNext
    }
    guard let wait else { return -1 }
    return Int32(clamping: max(0, wait.millisecondsRoundedUp))
  }
}
