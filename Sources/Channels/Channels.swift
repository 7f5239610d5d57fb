import Bytes
package import Configuration
package import Exchange

/// The channels of the configuration.
package final class Channels {
  /// The channels, in file order.
  package private(set) var all: [any Channel] = []
  private let surroundings: ChannelSurroundings
  private let deliveries: Deliveries
  private var isDraining = false

  /// Channels whose replies come from `deliveries`. There are none before ``adopt(_:)``.
  package init(_ surroundings: ChannelSurroundings, _ deliveries: Deliveries) {
    self.surroundings = surroundings
    self.deliveries = deliveries
  }

  /// The name under which the outbox knows the receiver of a channel's replies.
  package static func receiverName(of channel: [UInt8]) -> [UInt8] { [UInt8]("channel:") + channel }

  /// Begins the channels of a configuration, ends those that are not in it, and continues with those that stay.
  package func adopt(_ configuration: Configuration) {
    guard !isDraining else { return }
    surroundings.adopt(configuration)
    var old = all
    var begun: [any Channel] = []
    all = configuration.channels.map { settings in
      if let index = old.firstIndex(where: { $0.settings.isSameAccount(as: settings) }) {
        let channel = old.remove(at: index)
        channel.adopt(settings, surroundings)
        return channel
      }
      let channel = make(settings)
      begun.append(channel)
      return channel
    }
    // Before others begin: they may have the same token.
    for channel in old {
      deliveries.register(nil, as: Channels.receiverName(of: channel.settings.id))
      channel.close()
    }
    for channel in begun {
      deliveries.register(channel, as: Channels.receiverName(of: channel.settings.id))
      channel.begin()
    }
  }

  private func make(_ settings: ChannelSettings) -> any Channel {
    switch settings.kind {
    case .telegram: TelegramChannel(settings, surroundings)
    case .slack: SlackChannel(settings, surroundings)
    case .webhook: WebhookChannel(settings, surroundings)
    }
  }

  /// The channel with an id.
  package subscript(id: [UInt8]) -> (any Channel)? {
    all.first { $0.settings.id == id }
  }

  /// Takes no messages any more, because the process ends.
  package func drain() {
    isDraining = true
    for channel in all { channel.drain() }
  }
}

extension ChannelSettings {
  /// Whether a channel can continue with other settings: it talks to the same account of the same service.
  fileprivate func isSameAccount(as other: ChannelSettings) -> Bool {
    id == other.id && kind == other.kind && token == other.token && url == other.url
      && proxy == other.proxy && bot == other.bot
  }
}
