import Bytes
import Configuration
import Platform

/// A bot at work: its settings and its integrations.
final class Bot {
  let settings: BotSettings
  /// In file order, as `pool` counts them.
  let integrations: [Integration]
  /// How the messages endpoint answers for it.
  let face: NativeFace
  private let pool: CandidatePool

  init(_ settings: BotSettings, integrations: [Integration]) {
    self.settings = settings
    face = NativeFace(settings)
    self.integrations = integrations
    pool = CandidatePool(
      integrations.map {
        Candidate(
          id: $0.settings.id, weight: $0.settings.weight, isFallback: $0.settings.isFallback,
          isEnabled: $0.settings.isEnabled)
      })
  }

  /// The integration of this name that is enabled.
  func integration(named name: [UInt8]) -> Integration? {
    integrations.first { $0.settings.isEnabled && $0.settings.id == name }
  }

  /// The integrations to try for a message, in order: the one that it is for, or else the one drawn, then the
  /// fallbacks. Those that are to be left alone are drawn only where there are no others.
  func choices(
    for conversation: [UInt8], of message: MessageRequest, at now: Instant, random: RandomSource
  ) -> [Integration] {
    if let name = message.integration { return integration(named: name).map { [$0] } ?? [] }
    let allowed = draw(for: conversation, random) { integrations[$0].breaker.allows(at: now) }
    let drawn = allowed ?? draw(for: conversation, random) { _ in true }
    if let drawn { integrations[drawn].statistics.count(.drawn) }
    var route = Route(beginningWith: drawn)
    var choices: [Integration] = []
    while let place = route.next(in: pool, where: { _ in true }) {
      choices.append(integrations[place])
    }
    return choices
  }

  /// The integration with an id.
  @inline(never)
  func integration(_ id: [UInt8]) -> Integration? {
    for integration in integrations where integration.settings.id == id { return integration }
    return nil
  }

  private func draw(
    for conversation: [UInt8], _ random: RandomSource, where isUsable: (Int) -> Bool
  ) -> Int? {
    let id = settings.id
    guard !settings.isSticky else {
      return pool.draw(
        for: ConversationToken(bot: id.span, conversation: conversation.span), where: isUsable)
    }
    var generator = random
    return pool.draw(using: &generator, where: isUsable)
  }
}
