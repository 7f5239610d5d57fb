import Bytes
import Configuration
import Dialects
import Platform

/// What an exchange comes to, whatever form its client wants it in.
struct Answer {
  /// The outcome.
  enum Content {
    /// An integration replied.
    case reply(Reply, by: IntegrationSettings)
    /// A backend's policy refuses what the user wrote, for this reason.
    case contentFiltered(reason: Text)
    /// Nobody could answer, or not in time.
    case failed(timedOut: Bool)
    /// Nobody was asked, since all have failed too often lately; the first may be asked again after this time.
    case unavailable(retryAfterSeconds: Int)
  }

  let content: Content
  /// The name of the reply.
  let identifier: [UInt8]
  /// The name of the conversation, made up where the client gave none.
  let conversation: [UInt8]
  /// All that was tried, in order.
  let attempts: [AttemptReport]
  /// When it was made.
  let time: WallTime
}

extension Answer {
  /// About what it takes in memory beyond its own size, in bytes.
  var byteCount: Int {
    guard case .reply(let reply, _) = content else { return 0 }
    return reply.content.count + reply.metadata.count + reply.attachments.count
      + attempts.count * 128
  }

  /// The outcome in the log: that of the last attempt.
  var outcome: StaticString {
    switch content {
    case .reply: Outcome.ok.name
    case .failed(timedOut: true) where attempts.isEmpty: Outcome.timeout.name
    default: attempts.last?.outcome.name ?? "no_integration"
    }
  }
}
