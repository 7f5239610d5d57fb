import Bytes
import Configuration
import Logging

/// The lines of the log about one channel.
struct ChannelLog {
  let log: Log
  let channel: [UInt8]

  /// Writes a line with a reason.
  func write(_ level: LogLevel, _ event: StaticString, reason: Text? = nil, message: Text? = nil) {
    log.write(level, event) { line in
      line.field("channel", channel)
      if let reason { line.field("reason", reason) }
      if let message { line.field("message", message) }
    }
  }
}
