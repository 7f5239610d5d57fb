import Backends
import Bytes
import Configuration
import EventLoop
import HTTPClient
import Logging
import Platform
import Protocols

/// A short message to a backend, sent so that it loads its model.
final class WarmUp: AttemptOwner {
  private let integration: Integration
  private let services: Services
  private var attempt: Attempt?
  private var timer: TimerID?
  private var completion: ((AttemptReport) -> Void)?

  /// How long it may take: longer than a message, because the largest models take minutes to load.
  private static let limit = TimeSpan.seconds(600)
  /// After this long without a refusal the backend is at work on it.
  private static let patience = TimeSpan.seconds(1)

  init(of integration: Integration, _ services: Services) {
    self.integration = integration
    self.services = services
  }

  /// Whether it was sent, and is not answered.
  var isUnderWay: Bool { attempt != nil }

  /// Sends it. Calls `completion` once, in a later turn, with its result, and before that maybe `onPatience`.
  func start(
    onPatience: @escaping () -> Void, completion: @escaping (AttemptReport) -> Void
  ) {
    guard let upstream = integration.upstream else { return }
    let conversation = services.random.identifier("conv_")
    do throws(TranslationFault) {
      var encoder = integration.shortReplyEncoder(conversation: conversation)
      try encoder.append(.user, content: WarmUp.content.span)
      let body = try encoder.finish()
      let order = Attempt.Order(
        integration: integration, upstream: upstream,
        fields: integration.fields(
          conversation: conversation, request: services.random.identifier("req_"), platform: nil),
        limit: max(integration.timeout, WarmUp.limit))
      timer = services.loop.schedule(after: WarmUp.patience) { [self] in
        timer = nil
        onPatience()
      }
      self.completion = completion
      attempt = Attempt(order, sending: body, services: services, for: self)
    } catch {
      let report = AttemptReport.notSent(integration, error)
      services.loop.atEndOfTurn { completion(report) }
    }
  }

  func deliver(_ deltas: [ReplyDelta]) {}

  func settle(_ report: AttemptReport, _ reply: Reply?) {
    services.loop.cancel(timer)
    attempt = nil
    let completion = self.completion
    self.completion = nil
    completion?(report)
  }

  /// A JSON string.
  private static let content = [UInt8](#""Hi""#)

  /// Gives it up. The completion is not called any more.
  func cancel() {
    services.loop.cancel(timer)
    attempt?.cancel()
    attempt = nil
    completion = nil
  }
}
