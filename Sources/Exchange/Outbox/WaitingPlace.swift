import Bytes
import Configuration
import EventLoop
import Logging
import Outbox
import Platform
import Storage

/// The place of a message of the outbox in its conversation.
package final class WaitingPlace: ConversationMember {
  let entry: OutboxEntry
  let bot: [UInt8]
  let conversation: [UInt8]
  let queueKey: QueueKey
  /// The messages that it is one of, which live as long as the process.
  private let owner: WaitingMessages
  /// Whether it has the turn.
  var hasTurn = false
  /// Whether it is in the line of its bot: neither being answered, nor ended.
  var isInLine = false

  init(
    _ entry: OutboxEntry, bot: [UInt8], _ conversation: [UInt8], key: QueueKey,
    of owner: WaitingMessages
  ) {
    self.entry = entry
    self.bot = bot
    self.conversation = conversation
    queueKey = key
    self.owner = owner
    super.init()
  }

  override func takeTurn() { owner.noteTurn(of: self) }
}
