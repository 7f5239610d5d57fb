package import Bytes
package import Platform

/// What is known of a channel, for people.
package struct ChannelStatus {
  /// How a channel is.
  package enum State {
    /// Messages come in.
    case ready
    /// The service has not answered yet.
    case connecting
    /// The service cannot be reached, or does not do what it is asked. It is asked again.
    case failing
    /// It stays so until the configuration is reloaded.
    case stopped

    /// The name in answers.
    package var name: StaticString {
      switch self {
      case .ready: "ready"
      case .connecting: "connecting"
      case .failing: "failing"
      case .stopped: "stopped"
      }
    }
  }

  /// A person who wrote without being allowed.
  package struct Stranger {
    /// The person's id.
    package let id: [UInt8]
    /// The name after `@`; may be empty.
    package let username: [UInt8]
    /// What people call the person; may be empty.
    package let name: [UInt8]
    /// How many messages there were.
    package var messages = 1
    /// When the last one came.
    package var last: WallTime
  }

  /// How it is.
  package var state = State.connecting
  /// Why it is failing or stopped.
  package var reason: Text?
  /// When the last message or other event came.
  package var lastUpdate: WallTime?
  /// How often polling made no progress for 90 s.
  package var restarts = 0
  /// How many messages were given to the bot.
  package var messages = 0
  /// How many events were not for the bot: edited messages, others' talk in groups.
  package var ignored = 0
  /// How many replies were sent.
  package var replies = 0
  /// The last people who wrote without being allowed, newest last.
  package private(set) var strangers: [Stranger] = []

  private static let mostStrangers = 8

  /// Notes a message of a person who is not allowed. Returns whether the person is new.
  mutating func note(stranger id: [UInt8], username: [UInt8], name: [UInt8]) -> Bool {
    var stranger = Stranger(id: id, username: username, name: name, last: .now)
    let known = strangers.firstIndex { $0.id == id }
    if let known { stranger.messages += strangers.remove(at: known).messages }
    strangers.append(stranger)
    if strangers.count > ChannelStatus.mostStrangers { strangers.removeFirst() }
    return known == nil
  }
}
