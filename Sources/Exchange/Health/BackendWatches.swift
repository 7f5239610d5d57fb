package import Backends
import Bytes
import Configuration
import EventLoop
import HTTPClient
import Logging
import Platform
import Protocols

/// Watches the backends that are not known to be well, and tells the log when their state changes.
///
/// A backend that is well costs nothing: no timer, and no entry unless it once failed or is probed.
package final class BackendWatches {
  private let services: Services
  private var watches: [ObjectIdentifier: BackendWatch] = [:]

  /// Is called when an integration has replied to a message.
  var onReply: ((Integration) -> Void)?

  init(_ services: Services) {
    self.services = services
  }

  /// Watches the integrations of another configuration: those with a probe or a warm-up from now on, the others when
  /// something fails.
  package func adopt(_ integrations: [Integration]) {
    var old = watches
    watches = [:]
    for integration in integrations where integration.settings.isEnabled {
      let key = ObjectIdentifier(integration.health)
      if let watch = old.removeValue(forKey: key) {
        watches[key] = watch
        watch.adopt(integration)
      } else if integration.upstream != nil,
        integration.probe != nil || integration.settings.isWarmed
      {
        let watch = BackendWatch(of: integration, services)
        watches[key] = watch
        watch.begin()
      }
    }
    // Messages that began under the configuration before may still wait for the model.
    for (key, watch) in old where !watch.retire() { watches[key] = watch }
  }

  /// Notes the result of an attempt, after the breaker has counted it.
  func note(_ report: AttemptReport, of integration: Integration) {
    let health = integration.health
    if report.failure == nil { onReply?(integration) }
    if report.failure != nil || integration.failures.last != nil {
      services.log.note(report, of: integration, at: services.loop.now)
    }
    if report.failure == nil, !health.isSuspect, health.toldState == .ready, health.state == .ready
    {
      return
    }
    watch(of: integration).note(report)
  }

  /// Notes that a connection to an integration stands which could not be reached: it is asked again at once.
  func noteConnection(to integration: Integration) {
    integration.breaker.close()
    watch(of: integration).update()
  }

  /// Notes that an attempt has begun that is the breaker's probe.
  func noteBreakerProbe(of integration: Integration) {
    services.log.tellChanges(of: integration, at: services.loop.now)
  }

  /// What follows if an integration says nothing: after some time its probe is asked whether it is loading its model.
  /// `nil` without a probe.
  func suspicion(of integration: Integration) -> (after: TimeSpan, action: () -> Void)? {
    guard integration.probe != nil else { return nil }
    let interval = TimeSpan.milliseconds(integration.settings.probeIntervalMilliseconds)
    let half = TimeSpan(nanoseconds: integration.timeout.nanoseconds / 2)
    return (
      min(interval, half),
      { [self] in watch(of: integration).lookNow() }
    )
  }

  /// Notes that a request waits for a place or for the model.
  func noteWaiting(for integration: Integration) {
    if integration.health.isLoading { watch(of: integration).update() }
  }

  /// Gives a place of an integration back; the next that waits gets it, at the end of this turn.
  func leave(_ integration: Integration) {
    let queue = integration.health.queue
    queue.leave()
    if queue.canAdmit { services.loop.atEndOfTurn { queue.admitWaiting() } }
  }

  private func watch(of integration: Integration) -> BackendWatch {
    let key = ObjectIdentifier(integration.health)
    if let watch = watches[key] { return watch }
    let watch = BackendWatch(of: integration, services)
    watches[key] = watch
    return watch
  }
}
