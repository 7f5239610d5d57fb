import Backends
import Bytes
import Configuration
import EventLoop
import HTTPClient
import Logging
import Platform
import Protocols

/// One attempt to get a reply from an integration: a transfer, its time limits, and what the response means.
///
/// A streamed reply is read as it comes. It is over when the backend says so, whatever the connection does after that.
final class Attempt: ResponseReceiver {
  private let order: Order
  /// The request's body, until the attempt is over.
  private var body: ByteBuffer?
  private let services: Services
  private let start: Instant
  /// When data came last, or waiting for it began.
  private var lastActivity: Instant
  private var transfer: TransferID?
  private var timer: TimerID?
  private var decoder: StreamDecoder?
  /// The framing that the response's `Content-Type` names.
  private var announced: StreamFraming?
  /// What the body is, as far as is known.
  private var form = BodyForm.unknown
  /// The response's `Content-Type`, where the client gets it.
  private var contentType: [UInt8] = []
  /// The body, where it comes in parts and is not a stream.
  private var gathered: [UInt8] = []
  private var isPaused = false
  private let requestBytes: Int
  /// How much of the response's body has come.
  private var responseBytes = 0
  /// When the first content of a stream came.
  private var firstContent: Instant?
  private var suspicion: (after: TimeSpan, action: () -> Void)?
  /// `nil` once the attempt is over.
  private var owner: (any AttemptOwner)?

  /// The time that a backend has after a whole reply to add more (usage) and to end the response. After that the
  /// connection is closed instead of kept.
  private static let closingTime = TimeSpan.seconds(1)

  /// Sends a request with this body. `owner` gets the pieces of a streamed reply and the result, but nothing after
  /// `cancel`.
  init(
    _ order: consuming Order, sending body: ByteBuffer, services: Services,
    for owner: any AttemptOwner
  ) {
    self.order = order
    self.body = body
    requestBytes = self.order.frame?.count(with: body.count) ?? body.count
    self.services = services
    self.owner = owner
    start = services.loop.now
    lastActivity = start
    suspicion = self.order.suspicion
    timer = services.loop.schedule(at: silenceLimit) { [self] in timeOut() }
    transfer = services.client.post(
      body, in: self.order.frame, to: self.order.upstream, fields: self.order.fields,
      receiver: self
    ) { [self] in receive($0) }
  }

  /// The reply so far, with the beginning that it continues, as a JSON string; `nil` where there is nothing, or more
  /// than text.
  var partialContent: [UInt8]? {
    guard let decoder, decoder.hasContent else { return order.continued }
    return decoder.partialContent
  }

  /// The name of the model, once a stream has told it.
  var model: [UInt8]? { decoder?.model }

  /// Whether the reply comes as a stream.
  var isStream: Bool { decoder != nil }

  /// Whether the model has produced anything in a stream, thinking included.
  var hasOutput: Bool { decoder?.hasOutput == true }

  /// Whether a part of the reply has come as a stream.
  var hasBegun: Bool { decoder?.hasBegun == true }

  /// Gives the attempt up, and closes the connection to the backend at once. Returns how far it had come.
  @discardableResult
  func cancel() -> AttemptReport {
    owner = nil
    let report = self.report(.interrupted)
    report.isCancelled = true
    report.take(disconnect())
    return report
  }

  /// Takes no more data from the backend until `resume`. The time until then does not count as silence.
  func pause() {
    guard let transfer, !isPaused else { return }
    isPaused = true
    services.client.pause(transfer)
  }

  /// Continues after `pause`.
  func resume() {
    guard let transfer, isPaused else { return }
    isPaused = false
    lastActivity = services.loop.now
    services.client.resume(transfer)
  }

  /// How far the transfer has come.
  private var progress: TransferProgress {
    transfer.map { services.client.progress(of: $0) } ?? TransferProgress()
  }

  /// Ends the transfer; returns how far it had come.
  private func disconnect() -> TransferProgress {
    services.loop.cancel(timer)
    let progress = progress
    if let transfer { services.client.cancel(transfer) }
    transfer = nil
    return progress
  }

  // MARK: Time

  private func timeOut() {
    timer = nil
    let now = services.loop.now
    if owner == nil {
      // Only the end of the response is missing.
      _ = disconnect()
    } else if let end = silenceEnd, end > now {
      timer = services.loop.schedule(at: end) { [self] in timeOut() }
    } else if let decoder, decoder.isFinished {
      conclude(decoder, disconnect())
    } else if !hasOutput, silenceLimit > now {
      timer = services.loop.schedule(at: silenceLimit) { [self] in timeOut() }
    } else if !hasOutput, let suspicion, start + order.limit > now {
      self.suspicion = nil
      timer = services.loop.schedule(at: silenceLimit) { [self] in timeOut() }
      suspicion.action()
    } else {
      expire()
    }
  }

  /// When the silence before the first output has to be acted upon.
  private var silenceLimit: Instant {
    let end = start + order.limit
    if let suspicion { return min(end, start + suspicion.after) }
    guard let patience = order.patience, order.integration.health.isLoading else { return end }
    return max(end, patience)
  }

  /// When a stream that has begun is given up, if no more data comes; `nil` where none has begun.
  private var silenceEnd: Instant? {
    guard let decoder, decoder.hasOutput else { return nil }
    let reference = isPaused ? services.loop.now : lastActivity
    let patience: TimeSpan =
      decoder.isFinished
      ? Attempt.closingTime : .milliseconds(order.integration.settings.idleTimeoutMilliseconds)
    let end = reference + patience
    return order.deadline.map { min($0, end) } ?? end
  }

  private func expire() {
    let report = self.report(.timeout)
    report.take(disconnect())
    report.failure = .timeout
    report.advice =
      if hasOutput {
        FailureAdvice.stalled
      } else if order.limit < order.integration.timeout {
        FailureAdvice.deadline(after: order.limit)
      } else {
        FailureAdvice.timeout(after: order.limit)
      }
    complete(report, nil)
  }

  // MARK: Streams

  /// Takes a response's head. Returns whether the response may be a stream, to be taken as it comes. A stream without
  /// its `Content-Type` is taken whole where none was asked for.
  func receive(_ head: ResponseHead, contentType: Span<UInt8>) -> Bool {
    guard 200...299 ~= head.status, order.streams || order.purpose == .chat else {
      self.contentType = contentType.printable
      return false
    }
    announced = StreamFraming(contentType: contentType)
    if order.purpose.isAudio { return receiveAudio(contentType.printable) }
    return announced != nil || order.streams && !head.announcesTooMuch
  }

  /// Takes the head of a response that may be audio, or events about it. Errors, and what a recording says, are judged
  /// whole.
  private func receiveAudio(_ contentType: [UInt8]) -> Bool {
    if announced == .events { return true }
    announced = nil
    self.contentType = contentType
    let type = contentType.span
    guard order.purpose == .speech, !type.namesJSON, !type.namesHTML else { return false }
    decoder = StreamDecoder(bodyOf: contentType, for: order.purpose)
    return true
  }

  /// How many bytes of white space may come before the form of a body is known.
  private static let leadingSpace = 4096

  func receive(part: [UInt8]) {
    guard owner != nil else { return }
    responseBytes += part.count
    if let decoder { return take(part, decoder) }
    gathered.append(copying: part.span)
    if form == .unknown {
      let start = gathered
      form = BodyForm(start.span, announced: announced)
      if form == .unknown, gathered.count > Attempt.leadingSpace { form = .whole }
    }
    let limit = order.integration.settings.maxResponseBytes
    if case .stream(let framing) = form {
      let decoder = StreamDecoder(
        order.integration.dialect ?? .custom, framing, limit: limit, continuing: order.continued,
        passesEvents: order.passesEvents, for: order.purpose)
      self.decoder = decoder
      var start: [UInt8] = []
      swap(&start, &gathered)
      take(start, decoder)
    } else if gathered.count > limit {
      gathered = []
      let verdict = Verdict(of: .tooLarge(limit: limit), hasBegun: false)
      complete(report(verdict, disconnect()), nil)
    }
  }

  /// Takes a part of a stream.
  private func take(_ part: [UInt8], _ decoder: StreamDecoder) {
    let before = (decoder.hasOutput, decoder.isFinished)
    let deltas = decoder.feed(part.span)
    lastActivity = services.loop.now
    if firstContent == nil, decoder.hasBegun { firstContent = lastActivity }
    if (decoder.hasOutput, decoder.isFinished) != before, let end = silenceEnd {
      services.loop.cancel(timer)
      timer = services.loop.schedule(at: end) { [self] in timeOut() }
    }
    if !deltas.isEmpty { owner?.deliver(deltas) }
    // The receiver of the deltas may have given the attempt up.
    guard owner != nil else { return }
    if decoder.fault != nil {
      conclude(decoder, disconnect())
    } else if decoder.isOver {
      services.loop.cancel(timer)
      timer = services.loop.schedule(after: Attempt.closingTime) { [self] in timeOut() }
      conclude(decoder, progress)
    }
  }

  /// Ends the attempt with what the stream brought.
  private func conclude(_ decoder: StreamDecoder, _ progress: TransferProgress) {
    do throws(StreamFault) {
      let reply = try decoder.reply(acceptsToolCalls: order.acceptsToolCalls)
      let verdict = Verdict(of: reply, for: order.face)
      complete(report(verdict, progress), verdict.reply)
    } catch {
      complete(report(Verdict(of: error, hasBegun: decoder.hasBegun), progress), nil)
    }
  }

  // MARK: The end

  @_optimize(speed)  // As in Exchange.ask.
  private func receive(_ result: TransferResult) {
    services.loop.cancel(timer)
    transfer = nil
    guard owner != nil else { return }
    responseBytes += result.body.count
    let progress = TransferProgress(status: result.status, timings: result.timings)
    if let decoder {
      let deltas = decoder.finish()
      if result.failure == nil { decoder.noteEnd(isDelimited: result.isDelimited) }
      if !deltas.isEmpty { owner?.deliver(deltas) }
      // After a finish signal the reply is whole, even if the connection breaks.
      if result.failure == nil || decoder.isFinished {
        return conclude(decoder, progress)
      }
    }
    if announced != nil, decoder == nil, gathered.isEmpty, result.body.isEmpty,
      result.failure == nil
    {
      // A stream that ends before its first byte was cut off; it is not invalid JSON.
      return complete(report(Verdict(of: .unfinished, hasBegun: false), progress), nil)
    }
    guard !gathered.isEmpty else { return judge(result) }
    var result = result
    result.body = gathered
    judge(result)
  }

  /// Ends the attempt with a response that is not a stream, or with its failure.
  private func judge(_ result: TransferResult) {
    var verdict = Verdict(
      of: result, dialect: order.integration.dialect ?? .custom, for: order.purpose,
      contentType: contentType, acceptsToolCalls: order.acceptsToolCalls)
    if let reply = verdict.reply, !reply.toolCalls.isEmpty {
      verdict = Verdict(of: reply, for: order.face)
    }
    if hasBegun, verdict.failure == .unreachable {
      verdict.failure = .broken
    }
    let report = self.report(
      verdict, TransferProgress(status: result.status, timings: result.timings))
    // Other failures do not pass by waiting.
    if let remedy = verdict.failure?.remedy,
      remedy.repetition == .retries || remedy.shows == .exhaustion
    {
      report.retryAfter = result.retryAfter ?? verdict.retryAfter
    }
    report.forbidsRetry = result.forbidsRetry
    report.refusedHint = SentHints.Part(refusedBy: result, to: order, body: body)
    complete(report, verdict.reply)
  }

  private func complete(_ report: AttemptReport, _ reply: Reply?) {
    if let reason = report.backendReason, services.log.isEnabled(.debug), let body {
      report.loggedReason = BackendWords.forLog(
        reason, of: order.integration.settings, request: body.bytes)
    }
    if isKnownUniquelyReferenced(&body), let body { order.upstream.keep(body) }
    body = nil
    let owner = self.owner
    self.owner = nil
    owner?.settle(report, reply)
  }

  /// A report of an attempt with a verdict.
  private func report(_ verdict: Verdict, _ progress: TransferProgress) -> AttemptReport {
    let report = self.report(verdict.outcome)
    report.take(progress)
    report.take(verdict)
    return report
  }

  /// A report of an attempt that ends now.
  private func report(_ outcome: Outcome) -> AttemptReport {
    let report = AttemptReport(
      integration: order.integration.settings.id, outcome: outcome,
      milliseconds: (services.loop.clock() - start).milliseconds)
    report.skippedEvents = decoder?.malformedCount ?? 0
    report.start = start
    report.firstContentMilliseconds = firstContent.map { ($0 - start).milliseconds }
    report.requestBytes = requestBytes
    report.responseBytes = responseBytes
    return report
  }
}

extension AttemptReport {
  fileprivate func take(_ progress: TransferProgress) {
    status = progress.status > 0 ? progress.status : nil
    timings = progress.timings
  }

  /// Takes a verdict, whose outcome it has.
  fileprivate func take(_ verdict: Verdict) {
    failure = verdict.failure
    advice = verdict.advice
    backendReason = verdict.backendReason
    overflow = verdict.overflow
  }
}

extension Span<UInt8> {
  /// The bytes, if a header field can carry them; else nothing.
  fileprivate var printable: [UInt8] {
    for index in indices where !self[index].isVisibleASCII && self[index] != UInt8(ascii: " ") {
      return []
    }
    return copied
  }
}
