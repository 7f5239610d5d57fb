import Bytes
package import Configuration
import EventLoop
package import Exchange
import JSON
import Logging
import Platform

/// A bot in a workspace of Slack, which posts events, and takes replies by `chat.postMessage`.
package final class SlackChannel: Channel {
  package private(set) var settings: ChannelSettings
  let services: Services
  let sink: any MessageSink
  let status: ChannelState
  private let service: ServiceClient
  private let log: ChannelLog
  /// The most bytes of files with one message.
  private var fileLimit: Int
  /// Refers to this channel, until it ends.
  private var intake: SlackIntake?
  private lazy var delays = Delays(services.loop)

  /// The most UTF-16 code units of a message: https://api.slack.com/methods/chat.postMessage advises 4,000 characters.
  private static let longestPart = 3900

  package init(_ settings: ChannelSettings, _ surroundings: ChannelSurroundings) {
    self.settings = settings
    services = surroundings.services
    sink = surroundings.sink
    fileLimit = surroundings.fileLimit
    service = ServiceClient(settings, services)
    log = ChannelLog(log: services.log, channel: settings.id)
    status = ChannelState(log)
    // Slack asks; there is nothing to wait for.
    status.value.state = .ready
  }

  package var currentStatus: ChannelStatus { status.value }

  package func begin() { intake = SlackIntake(self) }

  package func adopt(_ settings: ChannelSettings, _ surroundings: ChannelSurroundings) {
    self.settings = settings
    fileLimit = surroundings.fileLimit
    status.value.state = .ready
    status.value.reason = nil
  }

  package func noteMessage() {}

  package func drain() {
    intake?.close()
    intake = nil
    delays.end()
  }

  package func close() {
    drain()
    service.close()
  }

  // MARK: In

  /// As ``Channel`` has it.
  package func take(
    _ request: ChannelRequest, then completion: @escaping (ChannelResponse) -> Void
  ) {
    guard let timestamp = request.currentTime("X-Slack-Request-Timestamp"),
      let signature = request.field("X-Slack-Signature"),
      SlackSignature.isValid(
        signature.span, timestamp: timestamp.span, body: request.body.span,
        secret: settings.secret)
    else { return completion(.unsigned) }
    status.value.lastUpdate = .now
    let body = try? JSONDocument(request.body)
    switch body.map({ SlackEvent($0.root) }) ?? .other {
    case .verification(let challenge): completion(.challenge(challenge))
    case .message(let message): take(message, request.id, then: completion)
    case .other:
      status.value.ignored += 1
      completion(.accepted)
    }
  }

  private func take(
    _ message: SlackMessage, _ request: [UInt8],
    then completion: @escaping (ChannelResponse) -> Void
  ) {
    guard settings.allows(message.user) || settings.allows(message.place.channel) else {
      status.note(stranger: message.user, username: [], name: [])
      return completion(.accepted)
    }
    let isMeant =
      switch settings.groups {
      case .all: true
      case .mention: message.isForBot
      case .never: false
      }
    guard !message.isGroup || isMeant else {
      status.value.ignored += 1
      return completion(.accepted)
    }
    guard let intake else { return completion(.refused(.unwritable)) }
    intake.take(message, request, then: completion)
  }

  /// The key of a message in the outbox.
  func key(of message: SlackMessage) -> [UInt8] {
    ("slack \(settings.id) \(message.key)" as Text).bytes
  }

  /// Adds files to a message's content.
  func fetch(
    _ files: [SlackFile], _ content: ChannelContent,
    then completion: @escaping (ChannelContent) -> Void
  ) {
    SlackFetch(
      files, content, limit: fileLimit, service, token: settings.token, api: settings.url,
      then: completion
    ).begin()
  }

  /// Submits messages with what their files became.
  func submit(_ gathering: SlackGathering, _ content: ChannelContent) -> Submitted {
    let message = gathering.messages.last!
    var submission = settings.submission(
      content, in: settings.conversationPrefix + message.place.name, request: gathering.request,
      user: [("id", message.user)],
      metadata: [
        ("team_id", message.team), ("chat_id", message.place.channel), ("message_id", message.time),
      ])
    // Slack posts each of them again if it does not get its answer.
    var keys: [UInt8] = []
    for message in gathering.messages {
      if !keys.isEmpty { keys.append("\n") }
      keys += key(of: message)
    }
    submission.key = keys
    submission.address = message.place.address
    return sink.submit(submission, from: message.user)
  }

  // MARK: Out

  package func deliver(_ reply: OutboxReply, then completion: @escaping (DeliveryResult) -> Void) {
    guard let place = SlackPlace(address: reply.address) else {
      return completion(.refused(reason: "the address is not one of Slack's"))
    }
    let parts = ReplySplitter(limit: SlackChannel.longestPart).parts(
      of: ChannelReply(reply.data).text)
    guard reply.parts < parts.count else { return completion(.delivered) }
    delays.wait(for: reply, aged: settings.responseDelayMilliseconds) { [self] isOver in
      guard isOver else { return completion(.again(after: nil, reason: "the gateway stops")) }
      post(parts, of: reply, to: place, then: completion)
    }
  }

  private func post(
    _ parts: [[UInt8]], of reply: OutboxReply, to place: SlackPlace,
    then completion: @escaping (DeliveryResult) -> Void
  ) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("channel", string: place.channel)
    if let thread = place.thread { writer.member("thread_ts", string: thread) }
    writer.member("text", string: Markdown.render(parts[reply.parts], as: .slack))
    writer.endObject()
    service.post(writer, to: [UInt8]("/chat.postMessage"), authorization: settings.token) {
      [self] response in
      let isLast = reply.parts + 1 == parts.count
      let result = result(
        of: response, delivered: isLast ? .delivered : .partly(parts: reply.parts + 1))
      if case .delivered = result { status.value.replies += 1 }
      completion(result)
    }
  }

  private func result(of response: ServiceClient.Response, delivered: DeliveryResult)
    -> DeliveryResult
  {
    switch response {
    case .object(let object, let status, let retryAfter):
      if object["ok"]?.boolean == true {
        self.status.noteReady()
        return delivered
      }
      let error = object["error"]?.string ?? ("status \(status)" as Text).bytes
      return result(ofError: error, status, retryAfter)
    case .failed(let status, let isUnreachable, let reason):
      self.status.fail(reason)
      if status == 429 { return .again(after: .seconds(30), reason: reason) }
      return isUnreachable ? .unreachable(reason: reason) : .again(after: nil, reason: reason)
    case .file:
      preconditionFailure("no file was asked for")
    }
  }

  /// What follows from an error of Slack's; https://api.slack.com/methods/chat.postMessage#errors
  private func result(
    ofError error: [UInt8], _ status: Int, _ retryAfter: TimeSpan?
  ) -> DeliveryResult {
    let reason: Text = "Slack says \(error)"
    let name = error.span
    if name.equals("ratelimited") || name.equals("rate_limited") || status == 429 {
      return .again(after: max(retryAfter ?? .seconds(30), .seconds(1)), reason: reason)
    }
    for other in SlackChannel.passing where name.equals(other) {
      self.status.fail(reason, isRefusal: true)
      return .again(after: nil, reason: reason)
    }
    // The token may be right after a reload.
    for other in SlackChannel.aboutToken where name.equals(other) {
      self.status.stop("\(reason): check the token, and the app's permission chat:write")
      return .again(after: .seconds(60), reason: reason)
    }
    log.write(.warning, "channel_reply_refused", reason: reason)
    return .refused(reason: reason)
  }

  private static let passing: [StaticString] = [
    "internal_error", "fatal_error", "service_unavailable", "request_timeout",
    "message_limit_exceeded", "team_added_to_org",
  ]
  private static let aboutToken: [StaticString] = [
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired",
    "missing_scope", "no_permission",
  ]

  /// Slack shows no sign of typing.
  package func note(isThinking: Bool, for address: [UInt8]) {}
}
