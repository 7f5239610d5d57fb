package import Configuration
package import Platform

/// What answers and probes have shown of a backend, and the places for requests at it.
///
/// It stays the same object over a reload of the configuration, like the breaker, which knows the rest.
package final class BackendHealth {
  /// Decides whether the backend may be asked.
  package let breaker: Breaker
  /// The places for requests.
  package let queue: RequestQueue
  /// What was seen last, the breaker apart.
  package private(set) var condition = BackendState.ready
  /// Whether something has failed since the backend was last seen well.
  package private(set) var isSuspect = false
  /// The state that was told last.
  package var toldState = BackendState.ready
  /// When it was told that the backend loads its model.
  package var loadingStart = Instant(nanoseconds: 0)
  /// The breaker's condition that was told last.
  package var toldBreaker = Breaker.Condition.closed
  /// When the breaker was last told to be no longer closed.
  package var breakerChange = Instant(nanoseconds: 0)

  package init(_ settings: IntegrationSettings) {
    breaker = Breaker(settings.breaker)
    queue = RequestQueue(limit: settings.maxInFlight)
  }

  /// Applies other settings of the same backend.
  package func adopt(_ settings: IntegrationSettings) {
    breaker.policy = settings.breaker
    queue.limit = settings.maxInFlight
  }

  /// The state as users see it.
  package var state: BackendState {
    condition == .ready && !breaker.isClosed ? .down : condition
  }

  /// Whether it is loading its model.
  package var isLoading: Bool { condition == .loading }

  /// Notes what was seen. Requests that wait for the model are let in by the queue's owner.
  package func note(_ condition: BackendState) {
    self.condition = condition
    isSuspect = condition != .ready
    queue.isLoading = condition == .loading
  }

  /// Notes that something failed, without a word about why.
  package func suspect() {
    isSuspect = true
  }
}
