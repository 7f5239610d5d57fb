/// Why a message is not taken.
package enum SubmissionRefusal: Error {
  /// An earlier message has the same key and another body.
  case different
  /// The outbox has no room.
  case full
  /// The message can never fit the outbox: it has more bytes than this.
  case tooLarge(limit: Int)
  /// The outbox's file cannot be written, so that the message would not survive.
  case unwritable
  /// A limit of the configuration is reached.
  case limit(ExchangeRefusal)
}
