package import Backends
package import Bytes
package import Configuration
package import Platform
package import Protocols

/// The result of an exchange, before it gets the form that the client wants.
package struct Answer {
  /// What the answer says.
  package enum Content {
    /// An integration replied.
    case reply(Reply, by: IntegrationSettings)
    /// A backend's policy refuses what the user wrote, for this reason.
    case contentFiltered(reason: Text)
    /// No integration was asked, because the request has no equivalent in their dialects; why the first was not.
    case untranslatable(TranslationFault)
    /// No integration replied, or none in time.
    case failed(timedOut: Bool)
    /// No integration was asked, because all breakers are open. The first may be asked again after this time.
    case unavailable(retryAfterSeconds: Int)
  }

  package let content: Content
  /// The reply's id.
  package let identifier: [UInt8]
  /// The conversation's id, a new one where the client gave none.
  package let conversation: [UInt8]
  /// All attempts, in order.
  package let attempts: [AttemptReport]
  /// How many turns of the window were left out, because the model does not take them.
  package var turnsLeftOut = 0
  /// When it was made.
  package let time: WallTime
}

/// What is known of an answer from its first piece on.
package struct AnswerHead {
  /// The reply's id.
  package let identifier: [UInt8]
  /// The name of the model, as the backend gives it; `nil` where it does not.
  package let model: [UInt8]?
}

extension Answer {
  /// What is known of it from its first piece on.
  package var head: AnswerHead {
    var model: [UInt8]?
    if case .reply(let reply, _) = content { model = reply.model }
    return AnswerHead(identifier: identifier, model: model)
  }

  /// The approximate size in memory of what it refers to, in bytes.
  package var byteCount: Int {
    guard case .reply(let reply, _) = content else { return 0 }
    var count = reply.byteCount
    for attempt in attempts { count += attempt.byteCount }
    return count
  }

  /// Whether there is no reply.
  package var isFailure: Bool { if case .reply = content { false } else { true } }

  /// The outcome for the log: that of the last attempt.
  package var outcome: StaticString {
    switch content {
    case .reply: Outcome.ok.name
    case .failed(timedOut: true) where attempts.isEmpty: Outcome.timeout.name
    default: attempts.last?.outcome.name ?? "no_integration"
    }
  }
}
