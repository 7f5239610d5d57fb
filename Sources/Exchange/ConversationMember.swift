/// What takes its turn in a conversation: an exchange, or a message that waits in the outbox.
package class ConversationMember {
  init() {}

  /// The turn has come, until `Dispatcher.leave`.
  func takeTurn() {}
}
