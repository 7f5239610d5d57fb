import Backends
import Bytes
import Exchange

/// How exchanges and attempts can end, as clients may ask for them.
package enum ExchangeOutcome {
  /// The names, each once, for the description of the API.
  package static var names: [StaticString] {
    var names = Outcome.allCases.map { $0.name }
    for result in ExchangeResult.allCases
    where !names.contains(where: { $0.span.equals(result.outcome) }) {
      names.append(result.outcome)
    }
    return names
  }

  /// Whether a name is one of them.
  static func includes(_ name: Span<UInt8>) -> Bool {
    for outcome in Outcome.allCases where name.equals(outcome.name) { return true }
    for result in ExchangeResult.allCases where name.equals(result.outcome) { return true }
    return false
  }
}
