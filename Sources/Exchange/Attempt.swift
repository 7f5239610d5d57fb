import Backends
import Bytes
import Configuration
import EventLoop
import HTTPClient
import Platform
import Protocols

/// One attempt to have an integration answer: a transfer, its time limits, and what the answer means.
///
/// A reply that is streamed is read as it comes. It is over when the backend says so, whatever the connection does
/// after that.
final class Attempt {
  /// What an attempt is to send, and how long it may take.
  struct Order: ~Copyable {
    let integration: Integration
    let upstream: Upstream
    let body: ByteBuffer
    let fields: FieldLines
    /// Until the whole reply or, where it is streamed, its first content: the integration's `timeout`, or less
    /// where a deadline leaves less.
    let limit: TimeSpan
    /// When a stream that flows is to end nevertheless; never, if `nil`.
    var deadline: Instant?
    /// Whether the body asks for a stream.
    var streams = false
    /// The beginning of the reply that the backend is told to go on with, a JSON string.
    var continued: [UInt8]?
    /// Whether a reply may consist of calls of tools alone.
    var acceptsToolCalls = false
  }

  private let order: Order
  private let services: Services
  private let start: Instant
  /// When something came last, or was waited for last.
  private var lastActivity: Instant
  private var transfer: TransferID?
  private var timer: TimerID?
  private var decoder: StreamDecoder?
  private var isPaused = false
  private let onDeltas: ([ReplyDelta]) -> Void
  private var completion: ((AttemptReport, Reply?) -> Void)?

  /// How long a backend that has said that its reply is whole may take to add what it likes (usage), and to end the
  /// response, before its connection is closed rather than kept.
  private static let ending = TimeSpan.seconds(1)

  /// Sends a request. `onDeltas` is called with each piece of a reply that is streamed; `completion` once, in a
  /// later turn, with a reply if and only if the outcome is `ok`; neither after `cancel`.
  init(
    _ order: consuming Order, services: Services,
    onDeltas: @escaping ([ReplyDelta]) -> Void = { _ in },
    completion: @escaping (AttemptReport, Reply?) -> Void
  ) {
    self.order = order
    self.services = services
    self.onDeltas = onDeltas
    self.completion = completion
    start = services.loop.now
    lastActivity = start
    timer = services.loop.schedule(after: self.order.limit) { [self] in timeOut() }
    transfer = services.client.post(
      self.order.body, to: self.order.upstream, fields: self.order.fields,
      receiver: self.order.streams ? receiver : nil
    ) { [self] in receive($0) }
  }

  /// The reply so far, what it was to continue included, as a JSON string; `nil` where there is nothing of it, or
  /// where it is more than text.
  var partialContent: [UInt8]? {
    guard let decoder, decoder.hasContent else { return order.continued }
    return decoder.partialContent
  }

  /// The model that replies, as far as a stream has told.
  var model: [UInt8]? { decoder?.model }

  /// Whether the reply comes as a stream.
  var isStream: Bool { decoder != nil }

  /// Whether any of it has come that way.
  var hasBegun: Bool { decoder?.hasBegun == true }

  /// Gives the attempt up: the backend sees its connection closed at once.
  func cancel() {
    completion = nil
    _ = disconnect()
  }

  /// Takes nothing more from the backend until `resume`; its silence does not count meanwhile.
  func pause() {
    guard let transfer, !isPaused else { return }
    isPaused = true
    services.client.pause(transfer)
  }

  /// Goes on after `pause`.
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
    if completion == nil {
      // The reply is there; only the end of the response is not.
      _ = disconnect()
    } else if let end = silenceEnd, end > now {
      timer = services.loop.schedule(at: end) { [self] in timeOut() }
    } else if let decoder, decoder.isFinished {
      conclude(decoder, disconnect())
    } else {
      expire()
    }
  }

  /// When a stream that has begun is to be given up, as far as is known; `nil` where none has begun.
  private var silenceEnd: Instant? {
    guard let decoder, decoder.hasBegun else { return nil }
    let reference = isPaused ? services.loop.now : lastActivity
    let patience: TimeSpan =
      decoder.isFinished
      ? Attempt.ending : .milliseconds(order.integration.settings.idleTimeoutMilliseconds)
    let end = reference + patience
    return order.deadline.map { min($0, end) } ?? end
  }

  private func expire() {
    let hasBegun = self.hasBegun
    let report = self.report(.timeout)
    report.take(disconnect())
    report.failure = hasBegun ? .streamBroken : .timeout
    report.advice =
      if hasBegun {
        FailureAdvice.stalled
      } else if order.limit < order.integration.timeout {
        FailureAdvice.deadline(after: order.limit)
      } else {
        FailureAdvice.timeout(after: order.limit)
      }
    complete(report, nil)
  }

  // MARK: Streams

  private var receiver: ResponseReceiver {
    ResponseReceiver(onHead: { [self] in begin($0) }, onPart: { [self] in take($0) })
  }

  /// Whether the response is a stream: then it is taken as it comes.
  private func begin(_ head: ResponseHead) -> Bool {
    guard 200...299 ~= head.status,
      let framing = StreamFraming(contentType: head.contentType.span)
    else { return false }
    decoder = StreamDecoder(
      order.integration.dialect ?? .custom, framing,
      limit: order.integration.settings.maxResponseBytes,
      continuing: order.continued)
    return true
  }

  private func take(_ part: [UInt8]) {
    guard let decoder, completion != nil else { return }
    let before = (decoder.hasBegun, decoder.isFinished)
    let deltas = decoder.feed(part.span)
    lastActivity = services.loop.now
    if (decoder.hasBegun, decoder.isFinished) != before, let end = silenceEnd {
      services.loop.cancel(timer)
      timer = services.loop.schedule(at: end) { [self] in timeOut() }
    }
    if !deltas.isEmpty { onDeltas(deltas) }
    // Whoever took the deltas may have given the attempt up.
    guard completion != nil else { return }
    if decoder.fault != nil {
      conclude(decoder, disconnect())
    } else if decoder.isOver {
      services.loop.cancel(timer)
      timer = services.loop.schedule(after: Attempt.ending) { [self] in timeOut() }
      conclude(decoder, progress)
    }
  }

  /// The stream is over, one way or another.
  private func conclude(_ decoder: StreamDecoder, _ progress: TransferProgress) {
    let report = self.report(.ok)
    report.take(progress)
    do throws(StreamFault) {
      complete(report, try decoder.reply(acceptsToolCalls: order.acceptsToolCalls))
    } catch {
      report.take(Verdict(of: error, hasBegun: decoder.hasBegun))
      complete(report, nil)
    }
  }

  // MARK: The end

  private func receive(_ result: TransferResult) {
    services.loop.cancel(timer)
    transfer = nil
    guard completion != nil else { return }
    let progress = TransferProgress(status: result.status, timings: result.timings)
    if let decoder {
      let deltas = decoder.finish()
      if !deltas.isEmpty { onDeltas(deltas) }
      // A finish signal is all that it takes: what breaks after it has nothing to add.
      if result.failure == nil || decoder.isFinished {
        return conclude(decoder, progress)
      }
    }
    var verdict = Verdict(
      of: result, dialect: order.integration.dialect ?? .custom,
      acceptsToolCalls: order.acceptsToolCalls)
    if hasBegun, verdict.failure == .unreachable {
      verdict.failure = .streamBroken
    }
    let report = self.report(.ok)
    report.take(progress)
    report.retryAfter = verdict.failure?.remedy.repetition == .retries ? result.retryAfter : nil
    report.take(verdict)
    complete(report, verdict.reply)
  }

  private func complete(_ report: AttemptReport, _ reply: Reply?) {
    let completion = self.completion
    self.completion = nil
    completion?(report, reply)
  }

  private func report(_ outcome: Outcome) -> AttemptReport {
    let report = AttemptReport(
      integration: order.integration.settings.id, outcome: outcome,
      milliseconds: (services.loop.clock() - start).milliseconds)
    report.skippedEvents = decoder?.malformedCount ?? 0
    return report
  }
}

extension AttemptReport {
  fileprivate func take(_ progress: TransferProgress) {
    status = progress.status > 0 ? progress.status : nil
    timings = progress.timings
  }

  /// Takes in what an answer means.
  fileprivate func take(_ verdict: Verdict) {
    outcome = verdict.outcome
    failure = verdict.failure
    advice = verdict.advice
    backendReason = verdict.backendReason
  }
}
