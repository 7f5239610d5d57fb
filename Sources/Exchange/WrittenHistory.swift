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
    through last: UInt64? = nil, answersCalls: Bool = false, within room: HistoryRoom,
    to encoder: inout RequestEncoder
  ) throws(TranslationFault) -> WrittenHistory {
    var history = WrittenHistory()
    // The new message counts as one of the window, and turns are sent whole. Outputs of tools belong to the turn before
    // them.
    let window = (bot.window - 1) / 2 + (answersCalls ? 1 : 0)
    var fault: TranslationFault?
    func append(_ role: Role, _ content: Span<UInt8>) {
      guard fault == nil else { return }
      if !content.isText { history.isText = false }
      do throws(TranslationFault) {
        try encoder.append(role == .user ? .user : .assistant, content: content)
      } catch {
        fault = error
      }
    }
    // Most windows are sent whole, and no turn has steps: they are read in one go.
    if room.isUnlimited, !answersCalls,
      let turns = context.recall(
        bot: bot.id, conversation: conversation, turns: window, through: last,
        ifAll: { !ResponsesTurn.answersCalls($0) }, visit: append)
    {
      history.turns = turns
    } else {
      let (fitting, all) = fitting(
        context, bot, conversation, last, answersCalls, window, within: room)
      history.turnsLeftOut = all - fitting
      history.turns = context.recall(
        bot: bot.id, conversation: conversation, turns: fitting, through: last, visit: append)
    }
    if let fault { throw fault }
    return history
  }

  /// How many of the newest turns there is room for, and how many make up the window.
  private static func fitting(
    _ context: ContextStore, _ bot: BotSettings, _ conversation: [UInt8], _ last: UInt64?,
    _ answersCalls: Bool, _ window: Int, within room: HistoryRoom
  ) -> (fitting: Int, all: Int) {
    if hasSteps(context, bot, conversation, last, answersCalls, window) {
      return steps(context, bot, conversation, last, window, within: room)
    }
    var room = room
    return context.count(bot: bot.id, conversation: conversation, turns: window, through: last) {
      room.take($0, $1)
    }
  }

  /// Whether any turn of the window is a step of a longer one: the outputs of tools, and the reply to them.
  private static func hasSteps(
    _ context: ContextStore, _ bot: BotSettings, _ conversation: [UInt8], _ last: UInt64?,
    _ answersCalls: Bool, _ window: Int
  ) -> Bool {
    if answersCalls { return true }
    var hasSteps = false
    _ = context.count(
      bot: bot.id, conversation: conversation, turns: window, through: last
    ) { user, _ in
      hasSteps = ResponsesTurn.answersCalls(user)
      return !hasSteps
    }
    return hasSteps
  }

  /// How many of the newest turns make up the window, and how many of these there is room for, where all steps of a turn
  /// count as one.
  private static func steps(
    _ context: ContextStore, _ bot: BotSettings, _ conversation: [UInt8], _ last: UInt64?,
    _ window: Int, within room: HistoryRoom
  ) -> (fitting: Int, all: Int) {
    var room = room
    var isFull = false
    var (wholeTurns, walked, all, fitting) = (0, 0, 0, 0)
    _ = context.count(
      bot: bot.id, conversation: conversation, turns: ContextStore.longestRecall, through: last
    ) { user, reply in
      guard wholeTurns < window else { return false }
      walked += 1
      if !isFull { isFull = !room.isUnlimited && !room.take(user, reply) }
      guard !ResponsesTurn.answersCalls(user) else { return true }
      wholeTurns += 1
      all = walked
      if !isFull { fitting = walked }
      return true
    }
    return (fitting, all)
  }
}
