/// Why an exchange is not begun.
package enum ExchangeRefusal: Error {
  /// Too many messages are being answered: `in_flight`.
  case overloaded
  /// Too many messages of the conversation wait already: `queue_per_conversation`.
  case conversationBusy
  /// The user has sent too many messages lately (`per_user`), and may send the next one after this time.
  case userRateExceeded(retryAfterSeconds: Int)
}
