import Bytes
import Configuration

/// The bots of a configuration, at work.
struct BotTable {
  /// In file order.
  let bots: [Bot]

  /// The bots of a configuration. Integrations take over what those of the same name in `old` know of their backends.
  init(_ configuration: Configuration, replacing old: BotTable? = nil, version: StaticString) {
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
  subscript(id: [UInt8]) -> Bot? {
    for bot in bots where bot.settings.id == id { return bot }
    return nil
  }

  /// The integration with an id, of whatever bot.
  func integration(_ id: [UInt8]) -> Integration? {
    for bot in bots {
      if let integration = bot.integration(id) { return integration }
    }
    return nil
  }

  /// All bots, or those that a key is limited to, in file order.
  @inline(never)
  func visible(to key: APIKeySettings?) -> [Bot] {
    bots.filter { key.reaches($0.settings.id) }
  }

  private var integrations: [Integration] {
    var all: [Integration] = []
    for bot in bots { all += bot.integrations }
    return all
  }
}
