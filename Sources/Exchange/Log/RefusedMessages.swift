import Logging
import Platform

/// Logs the messages that limits refuse: at most one line a minute for each limit, with the number of those left out.
struct RefusedMessages {
  private var next: [Instant?] = [nil, nil, nil]
  private var leftOut = [0, 0, 0]

  private static let interval = TimeSpan.seconds(60)

  /// Logs that an exchange was refused.
  mutating func note(
    _ refusal: ExchangeRefusal, of exchange: Exchange, in log: Log, at now: Instant
  ) {
    let (place, limit, message): (Int, StaticString, StaticString) =
      switch refusal {
      case .overloaded:
        (
          0, "in_flight",
          "as many messages as this limit are being answered: raise it, or send fewer"
        )
      case .conversationBusy:
        (1, "queue_per_conversation", "as many messages of the conversation wait as this limit")
      case .userRateExceeded:
        (2, "per_user", "the user has sent more messages than this limit")
      }
    if let next = next[place], now < next {
      leftOut[place] += 1
      return
    }
    next[place] = now + RefusedMessages.interval
    log.write(.warning, "message_refused") { line in
      line.field("limit", limit)
      line.field("bot", exchange.botID)
      line.field("request_id", exchange.request)
      if leftOut[place] > 0 { line.field("left_out", leftOut[place]) }
      line.field("message", message)
    }
    leftOut[place] = 0
  }
}
