/// A message to be answered without its sender waiting.
package struct Submission {
  /// The bot's id.
  package var bot: [UInt8]
  /// The conversation's id.
  package var conversation: [UInt8]
  /// The body of `POST /v1/bots/{bot}/messages`: a valid JSON object with `content`. Its `conversation_id` and `stream`
  /// are not looked at.
  package var body: [UInt8]
  /// The id of the request that brought it, for the log.
  package var request: [UInt8]
  /// The name of the API key that it came with.
  package var caller: [UInt8]?
  /// Whether the reply names integrations and attempts.
  package var showsAttempts = false
  /// What a repeated message has in common with the first: the same key is the same message, as long as the first is kept.
  package var key: [UInt8]?
  /// The name of the receiver of the reply; `nil` where the reply is only asked for.
  package var receiver: [UInt8]?
  /// Where the receiver sends the reply.
  package var address: [UInt8] = []
  /// What the receiver needs besides to send the reply.
  package var note: [UInt8] = []

  package init(
    bot: [UInt8], conversation: [UInt8], body: [UInt8], request: [UInt8], caller: [UInt8]? = nil
  ) {
    self.bot = bot
    self.conversation = conversation
    self.body = body
    self.request = request
    self.caller = caller
  }
}

/// The result of a submission.
package enum Submitted {
  /// The message has an id and a place in its conversation. It is kept, as `[context] sync` has it, when
  /// `WaitingMessages.whenKept` says so.
  case accepted(id: [UInt8])
  /// An earlier message has the same key and the same body.
  case known(id: [UInt8])
  /// The message is not taken.
  case refused(SubmissionRefusal)
}
