import Configuration

/// Keeps the messages of one conversation in order: one is answered at a time, the others wait behind it.
/// Conversations that have no message in flight take up nothing.
struct ConversationQueues {
  /// Waiting exchanges, oldest first, by conversation; a conversation without an entry is free.
  private var waiting: [[UInt8]: [Exchange]] = [:]

  /// What becomes of an exchange that arrives.
  enum Arrival {
    /// It may begin.
    case begin
    /// It waits for `leave` to name it.
    case wait
    /// Too much is going on already.
    case refused(APIError)
  }

  /// Lets an exchange in, as far as the limits allow.
  mutating func arrive(_ exchange: Exchange, limits: LimitsSettings) -> Arrival {
    guard let queue = waiting[exchange.queueKey] else {
      // Every conversation with an entry has exactly one message being answered.
      guard waiting.count < limits.inFlight else {
        return .refused(
          .tryAgain(
            503, .overloaded, "overloaded", "Too many messages are being answered (in_flight).",
            afterSeconds: 1))
      }
      waiting[exchange.queueKey] = []
      return .begin
    }
    guard queue.count < limits.queuePerConversation else {
      return .refused(
        .tryAgain(
          429, .rateLimit, "conversation_busy",
          "Too many messages of this conversation wait already (queue_per_conversation).",
          afterSeconds: 1))
    }
    waiting[exchange.queueKey]!.append(exchange)
    return .wait
  }

  /// An exchange that had begun is over; returns the one that begins now, if any.
  mutating func leave(_ exchange: Exchange) -> Exchange? {
    guard let queue = waiting[exchange.queueKey], !queue.isEmpty else {
      waiting[exchange.queueKey] = nil
      return nil
    }
    return waiting[exchange.queueKey]!.removeFirst()
  }

  /// An exchange that waits is given up.
  mutating func withdraw(_ exchange: Exchange) {
    waiting[exchange.queueKey]?.removeAll { $0 === exchange }
  }
}
