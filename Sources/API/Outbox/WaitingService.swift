import Backends
import Bytes
import Configuration
import Context
import EventLoop
import Exchange
import HTTPServer
import JSON
import Logging
import Outbox
import Platform
import Protocols
import Storage

/// Messages whose senders do not wait, as the API has them.
final class WaitingService: MessageForms {
  let messages: WaitingMessages
  private let active: ActiveConfiguration

  init(_ messages: WaitingMessages, _ active: ActiveConfiguration) {
    self.messages = messages
    self.active = active
    messages.forms = self
  }

  // MARK: Forms

  func bot(_ id: [UInt8]) -> Bot? { active.bots[id] }

  func message(in body: [UInt8], conversation: [UInt8]) -> Message? {
    try? MessageBody.message(in: body, waitingIn: conversation)
  }

  func data(of answer: Answer, from bot: Bot, showsAttempts: Bool) -> [UInt8] {
    let writer = NativeWriter(showsAttempts: showsAttempts)
    if case .reply(let reply, let integration) = answer.content {
      return writer.finishedMessage(reply, answer.facts(integration)) {
        answer.writeAttempts(to: &$0)
      }
    }
    return writer.failedMessage(
      answer.error(from: bot.settings)!.faceError, id: answer.identifier,
      conversation: answer.conversation
    ) { answer.writeAttempts(to: &$0) }
  }

  func data(
    of failure: WaitingFailure, id: [UInt8], conversation: [UInt8], bot: Bot?
  ) -> [UInt8] {
    let error: APIError =
      switch failure {
      case .impossible: .noSuch(.bot)
      case .expired: APIError(.allIntegrationsFailed, Text(bot?.settings.errorMessage ?? []))
      case .replyTooLarge:
        APIError(
          .outboxFull,
          "The reply is too large to be kept: the administrator can raise [outbox] size.")
      }
    return NativeWriter(showsAttempts: false).failedMessage(
      error.faceError, id: id, conversation: conversation
    ) { _ in }
  }

  // MARK: Requests

  /// Takes a message whose client does not wait, or not longer than `wait`.
  func accept(
    _ message: Message, _ request: Request, from caller: APIKeySettings?, for bot: Bot,
    key: [UInt8]?, _ preferences: Preferences, body: [UInt8]? = nil
  ) throws(APIError) {
    let random = messages.dispatcher.services.random
    let conversation = message.conversation ?? random.identifier("conv_")
    var submission = Submission(
      bot: bot.settings.id, conversation: conversation, body: body ?? request.body,
      request: request.identifier, caller: caller?.id)
    submission.showsAttempts = caller.seesAttempts
    submission.key = key
    if bot.settings.callback != nil {
      submission.receiver = Callbacks.receiverName(of: bot.settings.id)
      submission.address = conversation
    }
    let id = try id(of: messages.submit(submission, from: message.userID))
    messages.whenKept { [self] in
      guard let entry = messages.store.table.entry(id) else {
        return request.respond(APIError.noSuchMessage.response())
      }
      guard let wait = preferences.wait, wait > 0 else {
        let isLeft = preferences.respondsAsynchronously || messages.status(of: entry).isOpen
        return request.respond(isLeft ? accepted(entry, preferences) : finished(entry, preferences))
      }
      respond(to: request, when: entry, within: wait) { [self] in
        entry.isFinished ? finished(entry, preferences) : accepted(entry, preferences)
      }
    }
  }

  /// The id of a message that was taken; throws why it was not.
  private func id(of submitted: Submitted) throws(APIError) -> [UInt8] {
    switch submitted {
    case .accepted(let id), .known(let id): return id
    case .refused(let refusal): throw APIError(refusal)
    }
  }

  /// Answers a client that asks for a message, and waits for its result if it wants to.
  func show(_ entry: OutboxEntry, to request: Request) {
    let preferences = Preferences(request)
    guard let wait = preferences.wait, wait > 0, messages.status(of: entry).isOpen else {
      return request.respond(finished(entry, preferences))
    }
    respond(to: request, when: entry, within: wait) { [self] in finished(entry, preferences) }
  }

  private func respond(
    to request: Request, when entry: OutboxEntry, within seconds: Int,
    _ response: @escaping () -> Response
  ) {
    if !messages.status(of: entry).isOpen { return request.respond(response()) }
    let waiter = messages.wait(for: entry, atMost: .seconds(seconds)) {
      request.onAbandon = nil
      request.respond(
        entry.isGone ? APIError.noSuchMessage.response() : response())
    }
    request.onAbandon = { [messages] in messages.cancel(waiter) }
  }

  private func accepted(_ entry: OutboxEntry, _ preferences: Preferences) -> Response {
    let data = state(of: entry)
    var response = Response.json(status: 202) { writer in
      writer.name("data")
      writer.raw(data.span)
    }
    response.fields.append(("Location", [UInt8]("/v1/messages/") + entry.id))
    var applied = [UInt8]("respond-async")
    if let wait = preferences.appliedWait { applied += [UInt8](", ") + wait }
    response.fields.append(("Preference-Applied", applied))
    return response
  }

  /// The message as it is.
  private func finished(_ entry: OutboxEntry, _ preferences: Preferences) -> Response {
    var data = state(of: entry)
    if !messages.status(of: entry).isOpen, let result = messages.store.table.result(of: entry) {
      data = result.data
      entry.isFetched = true
    }
    var response = Response.json { writer in
      writer.name("data")
      writer.raw(data.span)
    }
    if let wait = preferences.appliedWait { response.fields.append(("Preference-Applied", wait)) }
    return response
  }

  private func state(of entry: OutboxEntry) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("id", string: entry.id)
    writer.member(
      "conversation_id", string: messages.store.table.message(of: entry)?.conversation ?? [])
    writer.member("status", string: messages.status(of: entry).name)
    writer.endObject()
    return writer.finish()
  }
}

extension Preferences {
  /// `wait=30` where it was asked for.
  fileprivate var appliedWait: [UInt8]? {
    wait.map { ("wait=\($0)" as Text).bytes }
  }
}

extension OutboxEntry.Status {
  /// Whether there is no result yet.
  var isOpen: Bool { self == .queued || self == .running }

  /// The name in the API.
  var name: StaticString {
    switch self {
    case .queued: "queued"
    case .running: "running"
    case .done: "done"
    case .failed: "failed"
    }
  }
}

extension APIError {
  /// The error for a message that is not taken.
  init(_ refusal: SubmissionRefusal) {
    switch refusal {
    case .different:
      self.init(
        .idempotencyKeyReused,
        "This Idempotency-Key was used for another message that is still kept: use a new one.")
    case .limit(let refusal): self.init(refusal)
    case .full:
      self = .tryAgain(
        .outboxFull, "The outbox is full ([outbox] size): try again later.", afterSeconds: 10)
    case .unwritable:
      self = .tryAgain(
        .outboxNotWritable,
        "The outbox's file cannot be written, so that the message might be lost: try again later.",
        afterSeconds: 30)
    case .tooLarge(let limit):
      self.init(
        .bodyTooLarge,
        "A message that waits may have \(limit) bytes: the administrator can raise [outbox] size.")
    }
  }

  /// 404 for a message that is not in the outbox.
  static var noSuchMessage: APIError {
    APIError(
      .messageNotFound, "There is no such message, or it is no longer kept ([outbox] keep).")
  }

  /// 409 for a key of another message.
  static var idempotencyKeyReused: APIError {
    APIError(
      .idempotencyKeyReused,
      "This Idempotency-Key was used for another message in the last 10 minutes: use a new one.")
  }
}
