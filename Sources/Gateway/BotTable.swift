import Bytes
import Configuration

/// The bots of a configuration, at work.
struct BotTable {
  /// In file order.
  private let bots: [Bot]

  /// The bots of a configuration. Integrations take over what those of the same name in `old` know of their backends.
  init(_ configuration: Configuration, replacing old: BotTable? = nil, version: StaticString) {
    var known: [[UInt8]: Integration] = [:]
    for bot in old?.bots ?? [] {
      for integration in bot.integrations { known[integration.settings.id] = integration }
    }
    var byBot: [[UInt8]: [IntegrationSettings]] = [:]
    for integration in configuration.integrations {
      byBot[integration.bot, default: []].append(integration)
    }
    bots = configuration.bots.map { bot in
      Bot(
        bot,
        integrations: (byBot[bot.id] ?? []).map {
          Integration($0, bot: bot, version: version, replacing: known[$0.id])
        })
    }
  }

  /// The bot with an id.
  subscript(id: [UInt8]) -> Bot? {
    bots.first { $0.settings.id == id }
  }
}
