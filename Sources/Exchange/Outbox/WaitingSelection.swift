import Bytes
import Configuration
package import Context
import EventLoop
import JSON
import Logging
import Outbox
import Platform
import Protocols
import Storage

extension WaitingMessages {
  /// Forgets the messages of conversations that were deleted, and gives up those that wait.
  package func forget(_ selection: Erasure.Selection) {
    for entry in store.table.inOrder {
      guard let message = store.table.message(of: entry) else { continue }
      let isDeleted =
        switch selection {
        case .conversation(let id, let bot): message.bot == bot && message.conversation == id
        case .bot(let bot): message.bot == bot
        case .user(let user, let bot):
          message.bot == bot
            && (forms?.message(in: message.body, conversation: message.conversation)?.userID == user
              || dispatcher.context.activity(of: message.conversation, bot: bot) == nil
                && entry.isFinished)
        }
      if isDeleted { drop(entry) }
    }
  }
}
