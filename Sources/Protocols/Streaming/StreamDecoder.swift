import Bytes
import JSON

/// Reads a streamed reply: bytes go in, deltas come out, and at the end the whole reply.
///
///     let decoder = StreamDecoder(.openai, framing, limit: maxResponse)
///     for delta in decoder.feed(bytes) { … }                   // for each part of the body
///     if decoder.isOver || decoder.fault != nil { … }          // no need to wait for the end
///     let deltas = decoder.finish()                            // at the end of the body
///     let reply = try decoder.reply()
///
/// An event that cannot be read and may have had a part of the reply is a fault. Any other event that is not a JSON object
/// is skipped and counted. The decoder keeps the reply, the last event and one that is not complete, each of at most
/// `limit` bytes; the size of the stream does not matter.
public final class StreamDecoder {
  private let dialect: Dialect
  private let limit: Int
  private var reader: StreamReader
  private let assembly: any ReplyAssembly
  private let progress: ReplyProgress
  private let purpose: Purpose
  /// Reads the events where they are passed on; `nil` for a chat.
  private let passed: PassedEvents?
  /// The media type of a body that is passed on byte for byte, and is not a stream of events.
  private let bodyType: [UInt8]?
  private var firstMalformed: JSONError?
  /// What the first event looks like.
  private var hint: ReplyHint?
  private var hasSeenEvent = false
  /// Of the last event, if the next one may differ from it in its text alone.
  private var pattern: EventPattern?

  /// How many events were skipped because they are not JSON objects.
  public private(set) var malformedCount = 0

  /// A decoder of one reply. `passesEvents`: the client speaks the dialect, and gets the events as they come. For another
  /// purpose than a chat it does so, too, and the reply is empty.
  /// `continued` is the text that a backend was told to continue, a JSON string as
  /// `partialContent` gives it: the reply begins with it, its deltas do not.
  public init(
    _ dialect: Dialect, _ framing: StreamFraming, limit: Int,
    continuing continued: [UInt8]? = nil, passesEvents: Bool = false, for purpose: Purpose = .chat
  ) {
    self.purpose = purpose
    passed = purpose == .chat ? nil : PassedEvents(purpose)
    bodyType = nil
    self.dialect = dialect
    self.limit = limit
    reader = StreamReader(framing, limit: limit)
    let budget = ByteBudget(limit: limit)
    var prefix: [UInt8] = []
    if let continued { prefix = continued.span.extracting(1..<continued.count - 1).copied }
    progress = ReplyProgress(budget, continuing: prefix.span, in: dialect)
    progress.passesEvents = passesEvents
    assembly = dialect.rules.assembly(within: budget)
  }

  /// A decoder of a body of this media type, which is passed on byte for byte. Nothing of it is kept.
  public init(bodyOf contentType: [UInt8], for purpose: Purpose) {
    self.purpose = purpose
    passed = PassedEvents(purpose)
    bodyType = contentType
    dialect = .openai
    limit = .max
    reader = StreamReader(.events, limit: 0)
    let budget = ByteBudget(limit: .max)
    let nothing: [UInt8] = []
    progress = ReplyProgress(budget, continuing: nothing.span, in: .openai)
    assembly = Dialect.openai.rules.assembly(within: budget)
  }

  /// Whether any content has come, that of the continued text not counted.
  public var hasContent: Bool { progress.hasText }

  /// Whether the model has produced anything, thinking included.
  public var hasOutput: Bool { progress.hasOutput || hasBegun }

  /// Whether anything for the client has come: content, or a call of a tool.
  public var hasBegun: Bool { progress.hasText || progress.hasToolCall }

  /// The model that replies, by its own name, as text; `nil` until the backend says so.
  public var model: [UInt8]? { progress.model }

  /// Whether the backend has said that the reply is whole: by a finish reason, `[DONE]`, or the dialect's own sign.
  /// Metadata may follow.
  public var isFinished: Bool { progress.isFinished }

  /// Whether the backend has said that nothing more will come. What comes after that is ignored.
  public var isOver: Bool { progress.isOver }

  /// Why this cannot become a reply: it is too large, has a gap, did not end well, or reports an error.
  public var fault: StreamFault? {
    if reader.isOverLimit || progress.budget.isExceeded { return .tooLarge(limit: limit) }
    return progress.fault
  }

  /// The content so far, the continued text included, as a JSON string.
  public var partialContent: [UInt8] {
    let text = progress.text
    var content: [UInt8] = []
    content.reserveCapacity(text.count + 2)
    content.append("\"")
    content.append(copying: text.span)
    content.append("\"")
    return content
  }

  /// Takes a part of the body; returns its deltas. Those before a fault are valid.
  public func feed(_ bytes: Span<UInt8>) -> [ReplyDelta] {
    if let bodyType {
      progress.note(.beyondText)
      return [.body(type: bodyType, bytes.copied)]
    }
    var position = 0
    while !isOver, fault == nil, let event = reader.next(in: bytes, from: &position) {
      take(event)
    }
    return takeDeltas()
  }

  /// The body has ended; returns the deltas of what was held back. A last line that has no end and is not JSON was cut
  /// off: like any other event that is not complete, it does not count.
  public func finish() -> [ReplyDelta] {
    while !isOver, fault == nil, let event = reader.finish() { take(event, mayBeCut: true) }
    if fault == nil { assembly.finish(into: progress) }
    return takeDeltas()
  }

  /// The response has ended without a fault, and its framing says so if it `isDelimited`. That is the end of audio which
  /// has no other sign of it. A body that is not a stream of events ends with the connection, too.
  public func noteEnd(isDelimited: Bool) {
    if purpose.isAudio, isDelimited || bodyType != nil { progress.isFinished = true }
  }

  /// The reply: what `Dialect.decode` makes of the same reply whole. Content comes as a string; `text` blocks of
  /// Anthropic's that have more to them than text stand as one.
  ///
  /// `acceptsToolCalls`: as in `Dialect.decode`.
  public func reply(acceptsToolCalls: Bool = false) throws(StreamFault) -> Reply {
    if let fault { throw fault }
    guard isFinished else {
      if !hasBegun, let fault = malformed ?? foreign { throw .noReply(fault) }
      throw .unfinished
    }
    if let passed {
      guard hasBegun else { throw .noReply(.missingContent(hint: nil)) }
      return Reply(passed: passed.account)
    }
    let content = progress.text.count > 0 ? partialContent : [UInt8]("null")
    do throws(ReplyFault) {
      return try dialect.decode(
        assembly.body(content: content.span), acceptsToolCalls: acceptsToolCalls)
    } catch {
      if error == .missingContent(hint: nil), let foreign { throw .noReply(foreign) }
      throw .noReply(malformed ?? error)
    }
  }

  /// The stream is another dialect's.
  private var foreign: ReplyFault? { hint.map { .missingContent(hint: $0) } }

  private var malformed: ReplyFault? {
    firstMalformed.map { .invalidJSON($0, hint: nil) }
  }

  private func take(_ event: StreamEvent, mayBeCut: Bool = false) {
    if event.data.span.trimmingBlanks.equals("[DONE]") {
      assembly.finish(into: progress)
      if passed != nil { progress.deltas.append(.event(type: [], event.data, .end)) }
      progress.isFinished = true
      progress.isOver = true
      return
    }
    if let text = pattern?.text(in: event.data.span), !event.type.span.equals("error") {
      let data = event.data
      return assembly.take(data, text: data.span.extracting(text), into: progress)
    }
    pattern = nil
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONDocument(event.data).root
    } catch {
      if event.type.span.equals("error") {
        progress.fault = .reported(BackendError(event.data))
      } else if !mayBeCut {
        skip(error)
        if !isFinished, passed != nil || event.mayHaveContent { progress.fault = .malformed(error) }
      }
      return
    }
    guard root.kind == .object else {
      // Gemini's errors come in an array.
      if let first = root.elements.first(where: { _ in true }), reportsError(first, []) {
        return progress.fault = .reported(BackendError(first))
      }
      return skip(JSONError(reason: .valueExpected, position: 0))
    }
    if !hasSeenEvent {
      hasSeenEvent = true
      if passed == nil { hint = ReplyHint(firstEvent: root, readAs: dialect) }
    }
    if reportsError(root, event.type) {
      progress.fault = .reported(BackendError(root))
    } else if let passed {
      passed.take(root, type: event.type, into: progress)
    } else if let text = assembly.take(root, into: progress) {
      pattern = EventPattern(of: event.data, around: text)
    }
  }

  /// Errors come as an event of type `error`, as `{"error": …}`, or as an object whose type is `error`.
  private func reportsError(_ root: JSONValue, _ type: [UInt8]) -> Bool {
    if type.span.equals("error") { return true }
    return root["error"]?.reportsError == true || root.isErrorObject
  }

  private func skip(_ error: JSONError) {
    malformedCount += 1
    if firstMalformed == nil { firstMalformed = error }
  }

  private func takeDeltas() -> [ReplyDelta] {
    var deltas: [ReplyDelta] = []
    swap(&deltas, &progress.deltas)
    return deltas
  }
}
