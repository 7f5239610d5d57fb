import Bytes
public import Configuration
import Protocols
import EventLoop
import HTTPClient
import JSON
import Platform

/// One message sent through one integration, to see whether it works: no context, no other integration.
public final class IntegrationTest {
  /// What came of it.
  public struct Result {
    /// How it ended, with advice and times.
    public let report: AttemptReport
    /// What the backend said: the reply as text or JSON, or the reason that it gave for a failure; `nil` for
    /// nothing. The integration's own secrets are masked, for some backends repeat them.
    public let words: [UInt8]?
  }

  private let integration: Integration
  private let services: Services
  private var attempt: Attempt?

  /// A test of an integration of a bot.
  public init(
    of settings: IntegrationSettings, bot: BotSettings, services: Services, version: StaticString
  ) {
    integration = Integration(settings, bot: bot, version: version)
    self.services = services
  }

  /// Sends `message`, text in UTF-8. `completion` is called once, maybe before this returns.
  public func start(_ message: [UInt8], completion: @escaping (Result) -> Void) {
    var writer = JSONWriter()
    writer.string(message.span)
    let content = writer.finish()
    guard let upstream = integration.upstream else {
      return completion(Result(report: .echoed(integration), words: message))
    }
    let conversation = services.random.identifier("conv_")
    do throws(TranslationFault) {
      let streams = integration.streams(toStreamingClient: false)
      var encoder = try integration.encoder(
        conversation: conversation, user: nil, metadata: nil, streams: streams)!
      try encoder.append(.user, content: content.span)
      let order = Attempt.Order(
        integration: integration, upstream: upstream, body: try encoder.finish(),
        fields: integration.fields(
          conversation: conversation, request: services.random.identifier("req_"), platform: nil),
        limit: integration.timeout, streams: streams)
      attempt = Attempt(order, services: services) { [self] report, reply in
        let words = reply.map { text(of: $0) } ?? report.backendReason
        completion(Result(report: report, words: words.map { integration.settings.masking($0) }))
      }
    } catch {
      completion(Result(report: .notSent(integration, error), words: nil))
    }
  }

  /// Gives the test up: its completion is not called any more.
  public func cancel() {
    attempt?.cancel()
  }

  /// A reply's text, or its JSON where it is made of parts.
  private func text(of reply: Reply) -> [UInt8] {
    (try? JSONDocument(reply.content).root.string) ?? reply.content
  }
}

extension IntegrationTest.Result {
  /// Writes the result as the API has it, times in milliseconds.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("attempt")
    report.write(to: &writer)
    writer.name(report.outcome == .ok ? "content" : "reason")
    if let words { writer.string(words.span) } else { writer.null() }
    writer.name("timings_ms")
    writer.beginObject()
    let times: [(name: StaticString, microseconds: Int)] = [
      ("dns", report.timings.nameResolved), ("connect", report.timings.connected),
      ("tls", report.timings.handshakeDone), ("first_byte", report.timings.firstByte),
      ("total", report.timings.total),
    ]
    for time in times { writer.member(time.name, milliseconds: time.microseconds) }
    writer.endObject()
    writer.endObject()
  }
}

extension JSONWriter {
  /// Writes a time given in microseconds as milliseconds, with a fraction; 0, a phase that was not gone through, as
  /// `null`.
  fileprivate mutating func member(_ name: StaticString, milliseconds microseconds: Int) {
    self.name(name)
    guard microseconds > 0 else { return null() }
    let text = Resource.thousandths(microseconds)
    raw(text.span)
  }
}
