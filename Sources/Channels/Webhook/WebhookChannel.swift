import Bytes
package import Configuration
import Cryptography
package import Exchange
import Logging
import Platform

/// Signed requests of a program: each is a message, and its reply goes to the bot's `callback`.
package final class WebhookChannel: Channel {
  package private(set) var settings: ChannelSettings
  private var keys: [[UInt8]]
  private let status: ChannelState

  package init(_ settings: ChannelSettings, _ surroundings: ChannelSurroundings) {
    self.settings = settings
    keys = settings.webhookKeys
    status = ChannelState(ChannelLog(log: surroundings.services.log, channel: settings.id))
    status.value.state = .ready
  }

  package var currentStatus: ChannelStatus { status.value }

  package func begin() {}

  package func adopt(_ settings: ChannelSettings, _ surroundings: ChannelSurroundings) {
    self.settings = settings
    keys = settings.webhookKeys
  }

  package func drain() {}

  package func close() {}

  /// As ``Channel`` has it.
  package func take(
    _ request: ChannelRequest, then completion: @escaping (ChannelResponse) -> Void
  ) {
    completion(key(of: request).map { .message(key: $0) } ?? .unsigned)
  }

  /// The key in the outbox of a request whose signature is right and not too old; `nil` for any other.
  private func key(of request: ChannelRequest) -> [UInt8]? {
    guard let id = request.field("webhook-id"), id.isIdentifier,
      let timestamp = request.currentTime("webhook-timestamp"),
      let signature = request.field("webhook-signature"),
      WebhookSignature.isValid(
        signature.span, id: id.span, timestamp: timestamp.span, body: request.body.span, keys: keys)
    else { return nil }
    return ("webhook \(settings.id) \(id)" as Text).bytes
  }

  /// Notes a message that was taken.
  package func noteMessage() {
    status.value.messages += 1
    status.value.lastUpdate = .now
  }

  /// Replies go to the bot's callback.
  package func deliver(_ reply: OutboxReply, then completion: @escaping (DeliveryResult) -> Void) {
    completion(.refused(reason: "replies of a webhook go to the bot's callback"))
  }

  package func note(isThinking: Bool, for address: [UInt8]) {}
}
