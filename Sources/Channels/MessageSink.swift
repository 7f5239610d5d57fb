package import Exchange
import Outbox
import Storage

/// Takes the messages of channels, to be answered: the outbox, or in tests a list.
package protocol MessageSink: AnyObject {
  /// Takes a message of a user. It may be forgotten by a crash until `whenKept`.
  func submit(_ submission: Submission, from userID: [UInt8]?) -> Submitted

  /// Whether a message with this key was taken, and is not forgotten.
  func isKnown(key: [UInt8]) -> Bool

  /// Calls `action` once, when all that was taken until now is kept.
  func whenKept(_ action: @escaping () -> Void)
}

extension WaitingMessages: MessageSink {
  package func isKnown(key: [UInt8]) -> Bool { store.table.entry(withKey: key) != nil }
}
