import Bytes
import Logging

/// The status of a channel, and the lines of the log about its changes.
final class ChannelState {
  var value = ChannelStatus()
  private let log: ChannelLog

  init(_ log: ChannelLog) {
    self.log = log
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
