/// The exchanges of all bots, in numbers.
struct ExchangeActivity {
  /// How many ended in each way since the start, by `ExchangeEnding`.
  let endings: [Int]
  /// How many are being answered.
  let inFlight: Int
  /// How many wait behind another of their conversation.
  let queued: Int
}
