package import Backends
package import Bytes
package import Configuration
package import Platform
package import Protocols

/// What an exchange comes to, whatever form its client wants it in.
package struct Answer {
  /// The outcome.
  package enum Content {
    /// An integration replied.
    case reply(Reply, by: IntegrationSettings)
    /// A backend's policy refuses what the user wrote, for this reason.
    case contentFiltered(reason: Text)
    /// Nobody could be asked, since the request has no equivalent in their words; why the first could not.
    case untranslatable(TranslationFault)
    /// Nobody could answer, or not in time.
    case failed(timedOut: Bool)
    /// Nobody was asked, since all have failed too often lately; the first may be asked again after this time.
    case unavailable(retryAfterSeconds: Int)
  }

  package let content: Content
  /// The name of the reply.
  package let identifier: [UInt8]
  /// The name of the conversation, made up where the client gave none.
  package let conversation: [UInt8]
  /// All that was tried, in order.
  package let attempts: [AttemptReport]
  /// When it was made.
  package let time: WallTime
}

/// What is known of an answer while it is being made.
package struct AnswerHead {
  /// The name of the reply.
  package let identifier: [UInt8]
  /// The model that replies, by its own name, as text; `nil` where the backend has not said.
  package let model: [UInt8]?
}

extension Answer {
  /// What of it is known from the first piece on.
  package var head: AnswerHead {
    var model: [UInt8]?
    if case .reply(let reply, _) = content { model = reply.model }
    return AnswerHead(identifier: identifier, model: model)
  }

  /// About what it takes in memory beyond its own size, in bytes.
  package var byteCount: Int {
    guard case .reply(let reply, _) = content else { return 0 }
    var count = reply.byteCount
    for attempt in attempts { count += attempt.byteCount }
    return count
  }

  /// The outcome in the log: that of the last attempt.
  package var outcome: StaticString {
    switch content {
    case .reply: Outcome.ok.name
    case .failed(timedOut: true) where attempts.isEmpty: Outcome.timeout.name
    default: attempts.last?.outcome.name ?? "no_integration"
    }
  }
}
