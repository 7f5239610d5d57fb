import Bytes
package import Configuration
package import Platform
package import Protocols

/// A bot: its settings and its integrations.
package final class Bot {
  /// The settings.
  package let settings: BotSettings
  /// In file order, like the candidates of `pool`.
  package let integrations: [Integration]
  private let pool: CandidatePool

  /// A bot with these integrations.
  package init(_ settings: BotSettings, integrations: [Integration]) {
    self.settings = settings
    self.integrations = integrations
    pool = CandidatePool(
      integrations.map {
        Candidate(
          id: $0.settings.id, weight: $0.settings.weight, isFallback: $0.settings.isFallback,
          isEnabled: $0.settings.isEnabled)
      })
  }

  /// Draws an integration that serves a purpose, by weight; `nil` if none but `others` takes part in draws. An
  /// integration whose breaker is open is drawn only if there is no other.
  package func draw(
    for purpose: Purpose, in conversation: [UInt8], of user: [UInt8]? = nil, at now: Instant,
    using random: RandomSource, without others: [Integration] = []
  ) -> Integration? {
    let subject = settings.stickiness == .user ? user ?? conversation : conversation
    let place =
      draw(for: subject, random) { place in
        let integration = integrations[place]
        return integration.breaker.allows(at: now) && integration.serves(purpose)
          && !others.contains { $0 === integration }
      }
      ?? draw(for: subject, random) { place in
        let integration = integrations[place]
        return integration.serves(purpose) && !others.contains { $0 === integration }
      }
    return place.map { integrations[$0] }
  }

  /// The integrations to try for a message, in order: the one that was drawn, then the fallbacks.
  package func route(
    for purpose: Purpose, beginningWith drawn: Integration?
  ) -> [Integration] {
    var route: [Integration] = []
    route.reserveCapacity(pool.fallbacks.count + 1)
    if let drawn { route.append(drawn) }
    for place in pool.fallbacks where integrations[place].serves(purpose) {
      route.append(integrations[place])
    }
    return route
  }

  /// Whether an integration that is enabled serves a purpose.
  package func serves(_ purpose: Purpose) -> Bool {
    integrations.contains { $0.settings.isEnabled && $0.serves(purpose) }
  }

  /// Whether an integration may be asked now, or once its model is loaded.
  package func canAnswer(at now: Instant) -> Bool {
    integrations.contains {
      $0.settings.isEnabled && ($0.breaker.allows(at: now) || $0.health.isLoading)
    }
  }

  /// The integration with an id.
  @inline(never)
  package func integration(_ id: [UInt8]) -> Integration? {
    for integration in integrations where integration.settings.id == id { return integration }
    return nil
  }

  /// The integration with an id, if it is enabled.
  package func enabledIntegration(_ id: [UInt8]) -> Integration? {
    integrations.first { $0.settings.isEnabled && $0.settings.id == id }
  }

  private func draw(
    for subject: [UInt8], _ random: RandomSource, where isUsable: (Int) -> Bool
  ) -> Int? {
    let id = settings.id
    guard settings.stickiness == .nothing else {
      return pool.draw(
        for: ConversationToken(bot: id.span, conversation: subject.span), where: isUsable)
    }
    var generator = random
    return pool.draw(using: &generator, where: isUsable)
  }
}
