/// How an exchange ended, for the statistics.
package enum ExchangeEnding: Int, CaseIterable {
  /// An integration replied.
  case reply
  /// A backend's policy refused the content.
  case contentFiltered
  /// Nobody could answer.
  case failed
  /// Nobody answered in time.
  case timedOut
  /// Nobody was asked, since all breakers were open.
  case unavailable
  /// The client went away.
  case cancelled
  /// It was never begun: over a limit.
  case refused

  /// The name in the metrics.
  package var name: StaticString {
    switch self {
    case .reply: "reply"
    case .contentFiltered: "content_filtered"
    case .failed: "failed"
    case .timedOut: "timed_out"
    case .unavailable: "unavailable"
    case .cancelled: "cancelled"
    case .refused: "refused"
    }
  }
}

extension Answer.Content {
  /// How the exchange ends with this.
  package var ending: ExchangeEnding {
    switch self {
    case .reply: .reply
    case .contentFiltered: .contentFiltered
    case .failed(let timedOut): timedOut ? .timedOut : .failed
    case .untranslatable: .failed
    case .unavailable: .unavailable
    }
  }
}
