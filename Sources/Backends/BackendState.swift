/// What an integration's backend is good for at the moment.
package enum BackendState: CaseIterable, Sendable {
  /// It answers, as far as is known.
  case ready
  /// It is loading its model: messages wait for it.
  case loading
  /// It has failed: its breaker is not closed, or its probe fails.
  case down

  /// The name in statistics, metrics and the log.
  package var name: StaticString {
    switch self {
    case .ready: "ready"
    case .loading: "loading"
    case .down: "down"
    }
  }
}
