import Bytes
import Configuration
import Context
import Protocols
import Storage

/// The part of a conversation's history that went into a request.
package struct WrittenHistory {
  /// How many turns.
  package private(set) var turns = 0
  /// How many turns of the window were left out.
  package private(set) var turnsLeftOut = 0
  /// Whether all of it is text.
  package private(set) var isText = true

  /// Nothing.
  package init() {}

  /// Writes the window, or what there is room for: the newest turns.
  static func write(
    _ context: ContextStore, _ bot: BotSettings, _ conversation: [UInt8],
    within room: HistoryRoom, to encoder: inout RequestEncoder
  ) throws(TranslationFault) -> WrittenHistory {
    var history = WrittenHistory()
    // The new message counts as one of the window, and turns are sent whole.
    var turns = (bot.window - 1) / 2
    if !room.isUnlimited {
      var room = room
      let (fitting, all) = context.count(bot: bot.id, conversation: conversation, turns: turns) {
        room.take($0, $1)
      }
      turns = fitting
      history.turnsLeftOut = all - fitting
    }
    var fault: TranslationFault?
    history.turns = context.recall(bot: bot.id, conversation: conversation, turns: turns) {
      role, content in
      guard fault == nil else { return }
      if !content.isText { history.isText = false }
      do throws(TranslationFault) {
        try encoder.append(role == .user ? .user : .assistant, content: content)
      } catch {
        fault = error
      }
    }
    if let fault { throw fault }
    return history
  }
}
