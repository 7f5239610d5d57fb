/// `[limits]`: how much may be going on at once.
public struct LimitsSettings: Sendable {
  /// Messages being answered at once.
  public let inFlight: Int
  /// Messages of one user of a bot; `nil` for no limit.
  public let perUser: Rate?
  /// Messages of one conversation that may wait behind the one being answered.
  public let queuePerConversation: Int
  /// Bytes of answers kept for requests that come again with their `Idempotency-Key`.
  public let idempotencyMemoryBytes: Int

  init(_ section: Section) {
    inFlight = section.number("in_flight")
    perUser = section.parsed("per_user", Rate.init)
    queuePerConversation = section.number("queue_per_conversation")
    idempotencyMemoryBytes = section.number("idempotency_memory")
  }

  static let table: [Setting] = [
    Setting(
      "in_flight", .count(1...65536), standard: "256",
      "Messages being answered at once; more get 503 and `Retry-After`."),
    Setting(
      "per_user", .rate, standard: "0",
      """
      Messages that one `user.id` may send to a bot, such as `30/m`; more get 429 and `Retry-After`. \
      0: no limit.
      """),
    Setting(
      "queue_per_conversation", .count(0...65536), standard: "8",
      "Messages of a conversation that may wait behind the one being answered; more get 429."),
    Setting(
      "idempotency_memory", .size(0...Quantity.gibibyte), standard: "1M",
      """
      Memory for answers to requests with an `Idempotency-Key`, kept for 10 minutes for those that come \
      again; where it is not enough, the oldest go first.
      """),
  ]
}
