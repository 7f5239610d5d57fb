package import Backends
import Bytes
package import Configuration
import EventLoop
import HTTPClient
import JSON
import Platform
package import Protocols

/// One message sent through one integration to see whether it works, without context and fallbacks. An integration that
/// serves no chats is asked for something else about the message (`IntegrationSettings.testedPurpose`).
package final class IntegrationTest: AttemptOwner {
  /// The result of a test.
  package struct Result {
    /// How it ended, with advice and times.
    package let report: AttemptReport
    /// What the backend said: the reply as text or JSON, or its reason for a failure; `nil` for nothing. The
    /// integration's secrets are masked, because some backends repeat them.
    package let words: [UInt8]?
  }

  private let integration: Integration
  private let services: Services
  private var attempt: Attempt?
  private var completion: ((Result) -> Void)?

  /// A test of an integration of a bot.
  package init(
    of settings: IntegrationSettings, bot: BotSettings, services: Services, version: StaticString
  ) {
    integration = Integration(settings, bot: bot, version: version)
    self.services = services
  }

  /// Sends `message`, text in UTF-8. Calls `completion` once, maybe before this returns.
  package func start(_ message: [UInt8], completion: @escaping (Result) -> Void) {
    var writer = JSONWriter()
    writer.string(message.span)
    let content = writer.finish()
    guard let upstream = integration.upstream else {
      return completion(Result(report: .echoed(integration), words: message))
    }
    let conversation = services.random.identifier("conv_")
    let purpose = integration.settings.testedPurpose ?? .chat
    do throws(TranslationFault) {
      let streams = purpose == .chat && integration.streams(toStreamingClient: false)
      let body: ByteBuffer
      if purpose == .chat {
        var encoder = try integration.encoder(
          conversation: conversation, user: nil, metadata: nil, streams: streams)
        try encoder.append(.user, content: content.span)
        body = try encoder.finish()
      } else {
        body = integration.body(of: PassedRequest(purpose, about: content))
      }
      let order = Attempt.Order(
        integration: integration, upstream: integration.upstream(for: purpose) ?? upstream,
        fields: integration.fields(
          conversation: conversation, request: services.random.identifier("req_"), platform: nil),
        limit: integration.timeout, streams: streams, purpose: purpose)
      self.completion = completion
      attempt = Attempt(order, sending: body, services: services, for: self)
    } catch {
      completion(Result(report: .notSent(integration, error), words: nil))
    }
  }

  /// Pieces of a reply are not needed, because the whole follows.
  func deliver(_ deltas: [ReplyDelta]) {}

  func settle(_ report: AttemptReport, _ reply: Reply?) {
    let words = reply.map { text(of: $0) } ?? report.backendReason
    let result = Result(report: report, words: words.map { integration.settings.masking($0) })
    let completion = completion
    self.completion = nil
    completion?(result)
  }

  /// Gives the test up. Its completion is not called any more.
  package func cancel() {
    attempt?.cancel()
  }

  /// A reply's text, or its JSON where it is made of parts.
  private func text(of reply: Reply) -> [UInt8] {
    if let purpose = integration.settings.testedPurpose, purpose != .chat {
      return [UInt8](purpose.name)
    }
    return (try? JSONDocument(reply.content).root.string) ?? reply.content
  }
}

extension IntegrationSettings {
  /// What a test asks it for; `nil` for nothing, because audio costs more than a test is worth.
  package var testedPurpose: Purpose? {
    for purpose in [Purpose.chat, .embeddings, .completions, .moderations]
    where purposes.contains(purpose) {
      return purpose
    }
    return nil
  }
}

extension PassedRequest {
  /// A short request about a text, a JSON string.
  fileprivate convenience init(_ purpose: Purpose, about text: [UInt8]) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member(purpose == .completions ? "prompt" : "input", raw: text.span)
    if purpose == .completions { writer.member("max_tokens", integer: 16) }
    writer.endObject()
    guard let document = try? JSONDocument(writer.finish()) else {
      preconditionFailure("what was written is JSON")
    }
    self.init(purpose, body: document.root)
  }
}
