/// The numbers of exchanges, of all bots.
package struct ExchangeActivity {
  /// How many ended in each way since the start, by `ExchangeEnding`.
  package let endings: [Int]
  /// How many are being answered.
  package let inFlight: Int
  /// How many wait for another one of their conversation.
  package let queued: Int
}
