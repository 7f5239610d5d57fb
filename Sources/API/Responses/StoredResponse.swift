import Bytes
import Context
import Protocols
import Storage

/// A response in the ring.
struct StoredResponse {
  let id: [UInt8]
  let bot: [UInt8]
  let conversation: [UInt8]
  /// The turn's sequence number, and whether no turn of the conversation follows it.
  let turn: UInt64
  let isLast: Bool
  /// What was kept of the request, and of the reply: JSON.
  let (user, reply): ([UInt8], [UInt8])
  /// When, in milliseconds since 1970.
  let time: Int64

  /// Finds a response of one bot; `nil` if it is not stored, or was overwritten. O(turns of its conversation after it).
  init?(_ id: [UInt8], of bot: [UInt8], in context: ContextStore) {
    guard let name = ResponseID(id) else { return nil }
    var found: StoredResponse?
    var isLast = true
    context.walk(bot: bot, conversation: name.conversation) { turn in
      if ResponsesTurn.isReply(turn.reply, of: id) {
        found = StoredResponse(
          id: id, bot: bot, conversation: name.conversation, turn: turn.sequence, isLast: isLast,
          user: turn.user.copied, reply: turn.reply.copied, time: turn.time)
      }
      isLast = false
      return found == nil
    }
    guard let found else { return nil }
    self = found
  }

  private init(
    id: [UInt8], bot: [UInt8], conversation: [UInt8], turn: UInt64, isLast: Bool, user: [UInt8],
    reply: [UInt8], time: Int64
  ) {
    self.id = id
    self.bot = bot
    self.conversation = conversation
    self.turn = turn
    self.isLast = isLast
    (self.user, self.reply) = (user, reply)
    self.time = time
  }
}
