/// How an exchange ended, for the flight recorder: what its client was answered.
package enum ExchangeResult: Int, CaseIterable {
  case reply, contentFiltered, untranslatable, failed, timedOut, unavailable
  /// The client left before the answer.
  case cancelled
  case overloaded, conversationBusy, userRateExceeded

  init(_ content: Answer.Content) {
    switch content {
    case .reply: self = .reply
    case .contentFiltered: self = .contentFiltered
    case .untranslatable: self = .untranslatable
    case .failed(let timedOut): self = timedOut ? .timedOut : .failed
    case .unavailable: self = .unavailable
    }
  }

  init(_ refusal: ExchangeRefusal) {
    switch refusal {
    case .overloaded: self = .overloaded
    case .conversationBusy: self = .conversationBusy
    case .userRateExceeded: self = .userRateExceeded
    }
  }
}
