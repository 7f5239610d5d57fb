import Backends
import Bytes
import Exchange

/// How exchanges and attempts can end, for the description of the filter.
package enum ExchangeOutcome {
  /// The names, each once.
  package static var names: [StaticString] {
    var names = Outcome.allCases.map { $0.name }
    for result in ExchangeResult.allCases
    where !names.contains(where: { $0.span.equals(result.outcome) }) {
      names.append(result.outcome)
    }
    return names
  }
}
