/// How an exchange ended, for the statistics.
package enum ExchangeEnding: Int, CaseIterable {
  /// An integration replied.
  case reply
  /// A backend's policy refused the content.
  case contentFiltered
  /// No integration replied.
  case failed
  /// No integration replied in time.
  case timedOut
  /// No integration was asked, because all breakers were open.
  case unavailable
  /// The client left.
  case cancelled
  /// It was not begun, because of a limit.
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
  /// The ending of an exchange with this answer.
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
