package import Configuration
package import Exchange

/// A service through which people talk to a bot.
package protocol Channel: Receiver {
  /// Its section of the configuration.
  var settings: ChannelSettings { get }

  /// What is known of it.
  var currentStatus: ChannelStatus { get }

  /// Begins, once.
  func begin()

  /// Continues with other settings for the same account of the service.
  func adopt(_ settings: ChannelSettings, _ surroundings: ChannelSurroundings)

  /// Takes a request of the service. Calls `completion` once: when what the request brings is kept.
  func take(_ request: ChannelRequest, then completion: @escaping (ChannelResponse) -> Void)

  /// Notes a message that was taken from a ``ChannelResponse/message(key:)``.
  func noteMessage()

  /// Takes no message any more, because the process ends. Replies that are being sent are sent.
  func drain()

  /// Ends all that is under way. Deliveries are to be tried again.
  func close()
}
