import Bytes
package import Configuration

/// The bots of a configuration, with their integrations.
package struct BotTable {
  /// In file order.
  package let bots: [Bot]

  /// The bots of a configuration. Integrations keep what those of the same id in `old` know of their backends.
  package init(
    _ configuration: Configuration, replacing old: BotTable? = nil, version: StaticString
  ) {
    let known = old?.integrations ?? []
    bots = configuration.bots.map { bot in
      Bot(
        bot,
        integrations: configuration.integrations.filter { $0.bot == bot.id }.map { settings in
          let same = known.first { $0.settings.id == settings.id }
          return Integration(settings, bot: bot, version: version, replacing: same)
        })
    }
  }

  /// The bot with an id.
  package subscript(id: [UInt8]) -> Bot? {
    for bot in bots where bot.settings.id == id { return bot }
    return nil
  }

  /// The bot that has the closest alias for a model.
  package func bot(withAliasFor model: Span<UInt8>) -> Bot? {
    var closest: (bot: Bot, alias: ModelAlias)?
    for bot in bots {
      for alias in bot.settings.aliases where alias.matches(model) {
        if let other = closest?.alias, !alias.isCloser(than: other) { continue }
        closest = (bot, alias)
      }
    }
    return closest?.bot
  }

  /// The integration with an id, of any bot.
  package func integration(_ id: [UInt8]) -> Integration? {
    for bot in bots {
      if let integration = bot.integration(id) { return integration }
    }
    return nil
  }

  /// The integrations of all bots.
  package var integrations: [Integration] {
    var all: [Integration] = []
    for bot in bots { all += bot.integrations }
    return all
  }
}
