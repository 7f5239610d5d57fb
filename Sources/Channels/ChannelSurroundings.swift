import Bytes
package import Configuration
import Context
package import Exchange
package import Storage

/// What channels have around them.
package final class ChannelSurroundings {
  package let services: Services
  /// Takes the messages.
  package let sink: any MessageSink
  private let context: ContextStore
  private var configuration: Configuration

  /// How many conversations are looked through, from the latest on.
  private static let mostConversations = 2000

  package init(
    _ services: Services, _ sink: any MessageSink, _ context: ContextStore,
    _ configuration: Configuration
  ) {
    self.services = services
    self.sink = sink
    self.context = context
    self.configuration = configuration
  }

  /// Applies another configuration.
  func adopt(_ configuration: Configuration) {
    self.configuration = configuration
  }

  /// What a bot is called.
  func name(ofBot id: [UInt8]) -> [UInt8] {
    configuration.bots.first { $0.id == id }?.name ?? id
  }

  /// The most bytes of files with one message: in base64 a message fits `max_body`, and half of the outbox.
  var fileLimit: Int {
    min(configuration.server.maxBodyBytes, configuration.outbox.sizeBytes / 2) / 4 * 3
  }

  /// The newest conversation of a bot whose id is this one, or this one with `-n` and a number; `nil` without such a conversation.
  func newest(_ conversation: [UInt8], _ bot: [UInt8]) -> [UInt8]? {
    func matches(_ id: Span<UInt8>) -> Bool {
      guard id.count >= conversation.count,
        id.extracting(first: conversation.count).equals(conversation.span)
      else { return false }
      let rest = id.extracting(conversation.count..<id.count)
      return rest.isEmpty || rest.hasPrefix("-n")
    }
    // What waits is newer than what was answered.
    var found = sink.newest(for: bot, where: matches)
    var first = 0
    var total = 1
    while found == nil, first < min(total, ChannelSurroundings.mostConversations) {
      total = context.conversations(of: bot, with: [], from: first, limit: 100) { id, _ in
        if found == nil, matches(id) { found = id.copied }
      }
      first += 100
    }
    return found
  }
}
