import Backends
import Bytes
import Configuration
import EventLoop
import HTTPClient
import Logging
import Platform
import Protocols

/// How an exchange waits for its turn at an integration.
extension Exchange {
  /// Asks the integration of the trial, as soon as there is a place for the request and its model is loaded.
  func enter() {
    // Echo has no backend.
    guard integration.upstream != nil else { return proceed() }
    let queue = integration.health.queue
    if queue.enter() {
      trial!.holdsPlace = true
      return proceed()
    }
    let start = now
    let ticket = queue.wait(trial!.number) { [self] in
      guard case .queued(_, let timer) = state else {
        preconditionFailure("an exchange that does not wait has no ticket")
      }
      dispatcher.services.loop.cancel(timer)
      trial!.holdsPlace = true
      proceed()
    }
    let timer = dispatcher.services.loop.schedule(at: trial!.end) { [self] in
      queue.withdraw(ticket)
      state = .choosing
      noteWait(since: start)
      askNext()
    }
    state = .queued(ticket, timer)
    noteQueued()
    dispatcher.watches.noteWaiting(for: integration)
  }

  /// Asks the integration of the trial, at which the request has its place.
  private func proceed() {
    state = .choosing
    guard let permit = integration.breaker.admit(at: now) else {
      leavePlace()
      // Meanwhile other messages have failed there.
      if !trial!.wasAsked { note(.breakerOpen(integration, at: now), of: integration) }
      return askNext()
    }
    trial!.begin(permit)
    if integration.breaker.isProbing { dispatcher.watches.noteBreakerProbe(of: integration) }
    ask(integration)
  }

  /// Stops what the trial does: it waits, or its attempt is under way.
  func abandonTrial() {
    switch state {
    case .queued(let ticket, let timer):
      integration.health.queue.withdraw(ticket)
      dispatcher.services.loop.cancel(timer)
    case .attempting(let attempt):
      cutOff = attempt.cancel()
      trial!.giveUp(at: now)
      leavePlace()
      integration.statistics.count(.cancelled)
    case .pausing(let timer):
      dispatcher.services.loop.cancel(timer)
    case .waiting, .choosing, .replied, .finished:
      break
    }
  }

  /// Gives the place of the last attempt to another request.
  func leavePlace() {
    guard trial!.holdsPlace else { return }
    trial!.holdsPlace = false
    dispatcher.watches.leave(integration)
  }

  /// Reports that the time ended before the integration could be asked.
  private func noteWait(since start: Instant) {
    // The backend has said so itself, and the report is there.
    guard !trial!.wasLoading else { return }
    note(.waited(integration, for: now - start), of: integration)
  }
}
