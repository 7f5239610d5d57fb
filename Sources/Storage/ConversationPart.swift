/// The turns of a conversation up to one.
package struct ConversationPart {
  /// The conversation's id.
  package let conversation: [UInt8]
  /// The sequence number of the last turn.
  package let last: UInt64

  /// The part up to a turn.
  package init(_ conversation: [UInt8], through last: UInt64) {
    self.conversation = conversation
    self.last = last
  }
}
