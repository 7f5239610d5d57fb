import Backends
import Bytes
import Configuration
import EventLoop
import HTTPClient
import Logging
import Platform
import Protocols

/// Finds out when one backend is well again, for all messages that wait for it.
///
/// With `probe_url` it asks there. Without, the oldest message that waits is sent. With `warm` it sends a message of its own
/// at start. It runs only while the backend is not known to be well.
final class BackendWatch {
  private var integration: Integration
  private let services: Services
  private var timer: TimerID?
  /// When `timer` fires.
  private var due: Instant?
  /// When the backend was last looked at, or began to be doubted.
  private var lastLook: Instant
  /// How often it was looked at since it began to load.
  private var looks = 0
  private var isWatching = false
  private var isRetired = false
  /// The probe that is under way, and the timer that ends it.
  private var probe: (transfer: TransferID, timer: TimerID)?
  /// The message that loads the model; `nil` where none is to be sent.
  private var warming: WarmUp?

  /// The pauses between two looks while messages wait for a model: from the first to the longest, doubling.
  private static let (firstPause, longestPause) = (
    TimeSpan.milliseconds(250), TimeSpan.seconds(1)
  )
  /// The longest time that a probe may take.
  private static let probeTime = TimeSpan.seconds(10)

  init(of integration: Integration, _ services: Services) {
    self.integration = integration
    self.services = services
    lastLook = services.loop.now
  }

  private var health: BackendHealth { integration.health }

  /// Looks at the backend for the first time, and loads its model if `warm` says so.
  func begin() {
    warmUpLater()
    if warming != nil { note(.loading) }
    if integration.probe != nil {
      health.suspect()
      look()
    } else {
      warmUp()
    }
    update()
  }

  /// Continues with other settings of the same backend.
  func adopt(_ integration: Integration) {
    let old = self.integration
    self.integration = integration
    isRetired = false
    let isOtherModel = old.settings.model != integration.settings.model
    if integration.settings.isWarmed, !old.settings.isWarmed || isOtherModel {
      warming?.cancel()
      warmUpLater()
      if integration.probe == nil { warmUp() }
    }
    if integration.probe !== old.probe, integration.probe != nil { health.suspect() }
    update()
  }

  /// The backend is not among the configuration's any more. Returns whether the watch is over: no message waits.
  func retire() -> Bool {
    isRetired = true
    warming?.cancel()
    warming = nil
    update()
    if timer == nil, probe == nil, health.queue.waitingCount == 0 {
      stop()
      return true
    }
    return false
  }

  /// Ends all that is under way.
  func stop() {
    services.loop.cancel(timer)
    timer = nil
    endProbe()
    warming?.cancel()
    warming = nil
  }

  // MARK: What is seen

  /// Takes the result of a message's attempt.
  func note(_ report: AttemptReport) {
    guard report.fault == nil else { return }
    switch report.failure?.remedy.shows {
    case .health, nil:
      if warming?.isUnderWay == false { warming = nil }
      note(.ready)
    case .nothing:
      note(.loading)
    case .failure, .outage, .exhaustion:
      // A probe, or the message that loads the model, knows better.
      if health.isLoading, integration.probe == nil, warming == nil { note(.ready) }
      health.suspect()
    }
    update()
  }

  private func note(_ condition: BackendState) {
    if condition == .loading, !health.isLoading { looks = 0 }
    health.note(condition)
    let queue = health.queue
    if queue.canAdmit { services.loop.atEndOfTurn { queue.admitWaiting() } }
  }

  /// Tells of a changed state, and sets the timer for the next look.
  func update() {
    services.log.tellChanges(of: integration, at: services.loop.now)
    let isInDoubt = health.isSuspect || health.state != .ready
    if isInDoubt, !isWatching { lastLook = services.loop.now }
    isWatching = isInDoubt
    let next = nextLook
    guard next != due else { return }
    services.loop.cancel(timer)
    due = next
    timer = next.map { services.loop.schedule(at: $0) { [self] in look() } }
  }

  // MARK: Looking

  private var nextLook: Instant? {
    guard probe == nil, warming?.isUnderWay != true else { return nil }
    let waits = health.queue.waitingCount > 0
    if isRetired, !waits { return nil }
    let interval = TimeSpan.milliseconds(integration.settings.probeIntervalMilliseconds)
    if integration.probe != nil {
      guard isWatching || warming != nil else { return nil }
      return lastLook + (health.isLoading && waits ? min(interval, pause) : interval)
    }
    if warming != nil { return lastLook + (health.isLoading ? min(interval, pause) : interval) }
    return health.isLoading && waits ? lastLook + pause : nil
  }

  private var pause: TimeSpan {
    let pause = BackendWatch.firstPause.nanoseconds << min(looks, 8)
    return min(TimeSpan(nanoseconds: pause), BackendWatch.longestPause)
  }

  /// Looks at once, because a message gets no answer.
  func lookNow() {
    guard probe == nil, integration.probe != nil else { return }
    health.suspect()
    isWatching = true
    services.loop.cancel(timer)
    look()
  }

  private func look() {
    timer = nil
    due = nil
    lastLook = services.loop.now
    looks += 1
    if let upstream = integration.probe {
      ask(upstream)
    } else if warming != nil {
      warmUp()
    } else {
      _ = health.queue.admitFirst()
    }
    update()
  }

  // MARK: Probes

  private func ask(_ upstream: Upstream) {
    // A method of the protocol itself: Embedded Swift leaves out the call of one that an extension adds.
    let transfer = services.client.post(
      ByteBuffer(capacity: 1), to: upstream, fields: FieldLines(), receiver: nil
    ) { [self] result in
      endProbe()
      conclude(result)
    }
    let limit = min(integration.timeout, BackendWatch.probeTime)
    let timer = services.loop.schedule(after: limit) { [self] in
      endProbe()
      fail(.timeout, status: 0, FailureAdvice.timeout(after: limit))
    }
    probe = (transfer, timer)
  }

  private func endProbe() {
    guard let probe else { return }
    services.loop.cancel(probe.timer)
    services.client.cancel(probe.transfer)
    self.probe = nil
  }

  private func conclude(_ result: TransferResult) {
    if 200...299 ~= result.status, result.failure == nil || result.failure == .tooLarge {
      conclude(.ready)
    } else {
      let verdict = Verdict(of: result, dialect: integration.dialect ?? .custom)
      if verdict.failure == .loading { return conclude(.loading) }
      fail(verdict.outcome, status: result.status, verdict.advice)
    }
  }

  private func fail(_ outcome: Outcome, status: Int, _ advice: Text) {
    let message = advice.bytes.replacingAll([UInt8]("webhook_url")[...], with: [UInt8]("probe_url"))
    services.log.note(
      FailureHistory.Failure(
        outcome, status: status > 0 ? status : nil, message: Text([UInt8]("probe: ") + message),
        isPassing: true), of: integration, at: services.loop.now)
    conclude(.down)
  }

  private func conclude(_ condition: BackendState) {
    services.log.write(.debug, "probe") { line in
      line.field("integration", integration.settings.id)
      line.field("state", condition.name)
      line.field("ms", (services.loop.now - lastLook).milliseconds)
      if condition == .down, let failure = integration.failures.last {
        line.reason(failure.status, failure.message)
      }
    }
    if condition == .ready {
      health.breaker.close()
      if integration.failures.last?.isPassing == true {
        services.log.noteSuccess(of: integration, at: services.loop.now)
      }
      if warming != nil, warming?.isUnderWay == false { return warmUp() }
    }
    note(condition)
    update()
  }

  // MARK: Warming

  private func warmUpLater() {
    // The message is a chat's.
    guard integration.settings.isWarmed, integration.upstream != nil, integration.serves(.chat)
    else { return }
    warming = WarmUp(of: integration, services)
  }

  /// Sends the message that loads the model. Until it is answered, messages wait.
  private func warmUp() {
    guard let warming, !warming.isUnderWay else { return }
    lastLook = services.loop.now
    if health.condition == .ready { note(.loading) }
    warming.start(
      onPatience: { [self] in
        // It was not refused, so the backend is at work.
        note(.loading)
        update()
      }, completion: { [self] in conclude($0) })
    update()
  }

  private func conclude(_ report: AttemptReport) {
    let settings = integration.settings
    let isOver = report.failure?.isPassing != true
    // A failure is told once, although the message is sent again and again.
    services.log.write(report.failure == nil ? .info : .debug, "integration_warmed") { line in
      line.field("integration", settings.id)
      line.fields(of: report)
      line.field("ms", report.milliseconds)
    }
    services.log.note(report, of: integration, at: services.loop.now)
    if isOver { warming = nil }
    if report.failure == nil { health.breaker.close() }
    lastLook = services.loop.now
    note(report.failure == .loading ? .loading : isOver ? .ready : .down)
    update()
  }
}
