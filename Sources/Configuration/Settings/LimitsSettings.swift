/// `[limits]`: how much may happen at once.
public struct LimitsSettings: SectionSettings, Sendable {
  /// The most messages that are being answered at once.
  public private(set) var inFlight = 0
  /// How many messages one user may send to a bot; `nil` for no limit.
  public private(set) var perUser: Rate?
  /// Messages of one conversation that may wait until the current one is answered.
  public private(set) var queuePerConversation = 0
  /// Bytes of answers kept for requests that are repeated with their `Idempotency-Key`.
  public private(set) var idempotencyMemoryBytes = 0

  static let table = SettingRows.table(of: LimitsSettings())

  private init() {}

  init(_ section: Section) {
    var rows = SettingRows(filling: section)
    bind(&rows)
  }

  mutating func bind(_ rows: inout SettingRows) {
    rows.count(
      "in_flight", 1...65536, &inFlight, standard: "256",
      "The most messages that are being answered; more get 503 and `Retry-After`.")
    rows.parsed(
      "per_user", .rate, &perUser, Rate.init, standard: "0",
      """
      Messages that one `user.id` may send to a bot, such as `30/m`; more get 429 and `Retry-After`. \
      0: no limit.
      """)
    rows.count(
      "queue_per_conversation", 0...65536, &queuePerConversation, standard: "8",
      "Messages of a conversation that may wait until the current one is answered; more get 429.")
    rows.size(
      "idempotency_memory", 0...Quantity.gibibyte, &idempotencyMemoryBytes, standard: "1M",
      """
      Memory for answers to requests with an `Idempotency-Key`, kept for 10 minutes for requests that are \
      repeated; when it is full, the oldest answers are dropped.
      """)
  }
}
