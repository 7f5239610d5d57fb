package import Exchange
import Outbox
import Storage

/// Takes the messages of channels, to be answered: the outbox, or in tests a list.
package protocol MessageSink: AnyObject {
  /// Takes a message of a user. It may be forgotten by a crash until `whenKept`.
  func submit(_ submission: Submission, from userID: [UInt8]?) -> Submitted

  /// Whether a message with this key was taken, and is not forgotten.
  func isKnown(key: [UInt8]) -> Bool

  /// The conversation of the newest message to a bot, of those whose conversation matches.
  func newest(for bot: [UInt8], where matches: (_ conversation: Span<UInt8>) -> Bool) -> [UInt8]?

  /// Calls `action` once, when all that was taken until now is kept.
  func whenKept(_ action: @escaping () -> Void)
}

extension WaitingMessages: MessageSink {
  package func isKnown(key: [UInt8]) -> Bool { store.table.entry(withKey: key) != nil }

  package func newest(
    for bot: [UInt8], where matches: (_ conversation: Span<UInt8>) -> Bool
  ) -> [UInt8]? {
    for entry in store.table.inOrder.reversed() {
      if let message = store.table.message(of: entry), message.bot == bot,
        matches(message.conversation.span)
      {
        return message.conversation
      }
    }
    return nil
  }
}
