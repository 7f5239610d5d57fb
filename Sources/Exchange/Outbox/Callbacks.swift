import Bytes
package import Configuration
import EventLoop
import Logging
import Outbox
import Platform
import Storage

/// The callbacks of the configuration, each a receiver.
package final class Callbacks {
  private let deliveries: Deliveries
  private let services: Services
  /// What receivers are told in `User-Agent`.
  private let version: StaticString
  private var receivers: [[UInt8]: CallbackReceiver] = [:]

  /// No callbacks yet.
  package init(_ deliveries: Deliveries, _ services: Services, version: StaticString) {
    self.deliveries = deliveries
    self.services = services
    self.version = version
  }

  /// The name of the receiver that is a bot's callback.
  package static func receiverName(of bot: [UInt8]) -> [UInt8] { [UInt8]("callback:") + bot }

  /// Sends replies to the callbacks of these bots from now on. Those of other bots wait. One that stays the same is not
  /// changed, so that one that wants no replies any more is left alone.
  package func adopt(_ bots: [BotSettings]) {
    let old = receivers
    receivers = [:]
    for bot in bots {
      guard let url = bot.callback else { continue }
      var receiver = old[bot.id]
      if receiver?.url.text != url.text || receiver?.secrets != bot.callbackSecrets {
        receiver = CallbackReceiver(url, bot.callbackSecrets, services, version: version)
      }
      receivers[bot.id] = receiver
      deliveries.register(receiver, as: Self.receiverName(of: bot.id))
    }
    for id in old.keys where receivers[id] == nil {
      deliveries.register(nil, as: Self.receiverName(of: id))
    }
  }
}
