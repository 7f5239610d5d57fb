import Backends
import Configuration

/// The configuration that applies to new requests, and what is made of it. Requests that have begun keep the objects
/// that they began with.
final class ActiveConfiguration {
  private(set) var configuration: Configuration
  private(set) var access: AccessControl
  private(set) var bots: BotTable
  /// What backends are told in `User-Agent`.
  let version: StaticString

  init(_ configuration: Configuration, version: StaticString) {
    self.configuration = configuration
    self.version = version
    access = AccessControl(keys: configuration.keys)
    bots = BotTable(configuration, version: version)
  }

  /// Applies another configuration. Integrations that stay keep their connections, and what is known of their backends.
  func adopt(_ configuration: Configuration) {
    self.configuration = configuration
    access = AccessControl(keys: configuration.keys)
    bots = BotTable(configuration, replacing: bots, version: version)
  }

  /// Whether there is a bot with an id.
  func hasBot(_ id: [UInt8]) -> Bool { bots[id] != nil }

  /// The bot with an id, if a key reaches it.
  func bot(_ id: [UInt8], for key: APIKeySettings?) throws(APIError) -> Bot {
    try key.checkReaches(id)
    guard let bot = bots[id] else { throw .noSuch(.bot) }
    return bot
  }
}
