import Bytes
import Logging

/// The status of a channel, and the lines of the log about its changes.
final class ChannelState {
  var value = ChannelStatus()
  private let log: ChannelLog

  init(_ log: ChannelLog) {
    self.log = log
  }

  /// Notes a message of a person who is not allowed.
  func note(stranger id: [UInt8], username: [UInt8], name: [UInt8]) {
    guard value.note(stranger: id, username: username, name: name) else { return }
    log.log.write(.warning, "channel_stranger") { line in
      line.field("channel", log.channel)
      line.field("user", id)
      if !username.isEmpty { line.field("username", username) }
      line.field("message", "add the id to 'allow' if this person may talk to the bot")
    }
  }

  /// The service does what it is asked.
  func noteReady() {
    if value.state == .failing { log.write(.info, "channel_recovered") }
    value.state = .ready
    value.reason = nil
  }

  /// The service cannot be reached, or refuses. Only the first of several failures is logged, and each other refusal.
  func fail(_ reason: Text, isRefusal: Bool = false) {
    guard value.state != .stopped else { return }
    if value.state != .failing || isRefusal && value.reason != reason {
      log.write(.warning, "channel_failing", reason: reason)
    }
    value.state = .failing
    value.reason = reason
  }

  /// Nothing is asked any more.
  func stop(_ reason: Text) {
    if value.state != .stopped { log.write(.error, "channel_stopped", reason: reason) }
    value.state = .stopped
    value.reason = reason
  }
}
