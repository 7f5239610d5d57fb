import Bytes
import Configuration
import Platform
import Selection

/// A bot at work: its settings and its integrations.
final class Bot {
  let settings: BotSettings
  /// In file order, as `pool` counts them.
  private let integrations: [Integration]
  private let pool: CandidatePool

  init(_ settings: BotSettings, integrations: [Integration]) {
    self.settings = settings
    self.integrations = integrations
    pool = CandidatePool(
      integrations.map {
        Candidate(
          id: $0.settings.id, weight: $0.settings.weight, isFallback: $0.settings.isFallback,
          isEnabled: $0.settings.isEnabled)
      })
  }

  /// The integrations to try for a message, in order: the one drawn, then the fallbacks.
  func choices(for conversation: [UInt8], random: RandomSource) -> [Integration] {
    let id = settings.id
    var generator = random
    let drawn =
      settings.isSticky
      ? pool.draw(
        for: ConversationToken(bot: id.span, conversation: conversation.span),
        where: { _ in true })
      : pool.draw(using: &generator, where: { _ in true })
    var route = Route(beginningWith: drawn)
    var choices: [Integration] = []
    while let place = route.next(in: pool, where: { _ in true }) {
      choices.append(integrations[place])
    }
    return choices
  }
}
