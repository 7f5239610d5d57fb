/// The exchanges of all bots, in numbers.
package struct ExchangeActivity {
  /// How many ended in each way since the start, by `ExchangeEnding`.
  package let endings: [Int]
  /// How many are being answered.
  package let inFlight: Int
  /// How many wait behind another of their conversation.
  package let queued: Int
}
