import Logging
import Platform

/// Logs the messages that limits refuse: at most one line a minute for each limit, with the number of those left out.
struct RefusedMessages {
  /// The limits, which have a line a minute each.
  private enum Limit: Int, CaseIterable {
    case inFlight, queuePerConversation, perUser

    init(of refusal: ExchangeRefusal) {
      self =
        switch refusal {
        case .overloaded: .inFlight
        case .conversationBusy: .queuePerConversation
        case .userRateExceeded: .perUser
        }
    }

    /// The setting.
    var name: StaticString {
      switch self {
      case .inFlight: "in_flight"
      case .queuePerConversation: "queue_per_conversation"
      case .perUser: "per_user"
      }
    }

    var message: StaticString {
      switch self {
      case .inFlight:
        "as many messages as this limit are being answered: raise it, or send fewer"
      case .queuePerConversation: "as many messages of the conversation wait as this limit"
      case .perUser: "the user has sent more messages than this limit"
      }
    }
  }

  private var next = [Instant?](repeating: nil, count: Limit.allCases.count)
  private var leftOut = [Int](repeating: 0, count: Limit.allCases.count)

  private static let interval = TimeSpan.seconds(60)

  /// Logs that an exchange was refused.
  mutating func note(
    _ refusal: ExchangeRefusal, of exchange: Exchange, in log: Log, at now: Instant
  ) {
    let limit = Limit(of: refusal)
    let place = limit.rawValue
    if let next = next[place], now < next {
      leftOut[place] += 1
      return
    }
    next[place] = now + RefusedMessages.interval
    log.write(.warning, "message_refused") { line in
      line.field("limit", limit.name)
      line.field("bot", exchange.botID)
      line.field("request_id", exchange.request)
      if leftOut[place] > 0 { line.field("left_out", leftOut[place]) }
      line.field("message", limit.message)
    }
    leftOut[place] = 0
  }
}
