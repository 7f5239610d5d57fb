import Bytes
import JSON
import Platform
import Protocols

/// libFuzzer calls this with each input, a whole exchange: the first byte says how the stream is cut, a client's request
/// follows up to a NUL (without one, the request is a plain question), and the rest is what the backend streams. It is
/// asked in every dialect, read in every framing, and answered on every face. A failed precondition is a finding.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(start: UnsafePointer<UInt8>?, count: Int) -> Int32 {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let seed = bytes.first else { return 0 }
  var stream = Array(bytes.dropFirst())
  var request = [UInt8](#"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#)
  if let end = stream.firstIndex(of: 0) {
    request = Array(stream[..<end])
    stream = Array(stream[(end + 1)...])
  }
  if let body = (try? JSONDocument(request))?.root { ask(body) }
  for dialect in Dialect.allCases {
    for framing in StreamFraming.allCases {
      let whole = Reading(stream, dialect, framing, parts: stream.count + 1)
      let split = Reading(stream, dialect, framing, parts: Int(seed % 31) + 1)
      precondition(whole == split, "any split gives the same")
      whole.check(dialect)
    }
  }
  return 0
}

/// What backends are sent of a client's request is JSON with each name once, or there is a reason.
private func ask(_ body: JSONValue) {
  guard body.kind == .object, let messages = body["messages"], messages.kind == .array,
    !messages.isEmpty
  else { return }
  for message in messages.elements where message["role"]?.kind != .string { return }
  for face in [Face.openai, .anthropic] {
    let chat = ChatRequest(face, body: body, messages: messages)
    for dialect in Dialect.allCases {
      let profile = RequestProfile(
        dialect: dialect, model: [UInt8]("m"), maxTokensLimit: 4096, dropped: [[UInt8]("seed")],
        botID: [UInt8]("b"), botName: [UInt8]("B"), system: [UInt8]("S"))
      do throws(TranslationFault) {
        var encoder = RequestEncoder(
          try profile.serving(chat), conversationID: [UInt8]("c"), user: nil, metadata: nil,
          streams: true)
        if chat.hasSystemField { try encoder.append(systemOf: chat) }
        try encoder.append(messagesOf: chat)
        let request = try encoder.finish().bytes
        guard let root = (try? JSONDocument(request))?.root else {
          preconditionFailure("a request is JSON")
        }
        let names = root.members.map { $0.name.string ?? [] }
        precondition(Set(names).count == names.count, "each name stands once")
        precondition(root["seed"] == nil, "a dropped field is not sent")
      } catch {
        precondition(!error.message.bytes.isEmpty)
      }
    }
  }
}

/// The result of a stream that arrives in parts of one size.
private struct Reading: Equatable {
  var deltas: [ReplyDelta] = []
  var fault: StreamFault?
  var malformedCount = 0
  var content: [UInt8] = []
  var metadata: [UInt8] = []
  var isFinished = false
  /// What clients of all kinds are sent.
  var openai: [UInt8] = []
  var anthropic: [UInt8] = []
  var native: [UInt8] = []

  /// Identifiers of calls that are made up differ from reading to reading, but not in their length.
  static func == (one: Reading, other: Reading) -> Bool {
    one.deltas.count == other.deltas.count && one.fault == other.fault
      && one.malformedCount == other.malformedCount && one.content == other.content
      && one.metadata.count == other.metadata.count && one.isFinished == other.isFinished
      && one.openai.count == other.openai.count && one.anthropic.count == other.anthropic.count
      && one.native.count == other.native.count
  }

  init(_ stream: [UInt8], _ dialect: Dialect, _ framing: StreamFraming, parts size: Int) {
    let decoder = StreamDecoder(dialect, framing, limit: 2000)
    for start in stride(from: 0, to: stream.count, by: size) {
      let part = Array(stream[start..<min(start + size, stream.count)])
      deltas += decoder.feed(part.span)
    }
    deltas += decoder.finish()
    malformedCount = decoder.malformedCount
    isFinished = decoder.isFinished
    do throws(StreamFault) {
      let reply = try decoder.reply(acceptsToolCalls: true)
      content = reply.content
      metadata = reply.metadata
      write(reply)
    } catch {
      fault = error
    }
  }

  private mutating func write(_ reply: Reply) {
    openai = answer(reply, on: .openai)
    anthropic = answer(reply, on: .anthropic)
    native = answer(reply, on: .native)
  }

  /// The stream that a client of a face gets. The body of an answer that is whole is JSON.
  private func answer(_ reply: Reply, on face: Face) -> [UInt8] {
    let terms = AnswerTerms(model: [UInt8]("m"), asksForUsage: true, created: 1)
    let facts = AnswerFacts(
      identifier: [UInt8]("msg_1"), conversation: [UInt8]("c"),
      integration: .init(id: [UInt8]("i"), name: [UInt8]("I"), isFallback: false),
      time: WallTime(milliseconds: 1000))
    let attempts = { (writer: inout JSONWriter) in
      writer.beginArray()
      writer.endArray()
    }
    let whole = face.writer(terms).body(of: reply, facts, attempts: attempts)
    // The native body nests the backend's metadata deeper than a document may.
    precondition(face == .native || (try? JSONDocument(whole.bytes)) != nil, "a body is JSON")
    let writer = face.writer(terms)
    var output: [UInt8] = []
    if !deltas.isEmpty {
      writer.write(deltas, answer: facts.identifier, model: reply.model, to: &output)
    }
    writer.finish(reply, facts, attempts: attempts, to: &output)
    return output
  }

  /// Clients are sent sound streams, whatever the backend sent, with the same text.
  private func checkFaces() {
    let dialects: [(Dialect, [UInt8])] = [
      (.openai, openai), (.anthropic, anthropic), (.custom, native),
    ]
    for (dialect, output) in dialects {
      let decoder = StreamDecoder(dialect, .events, limit: 1 << 20)
      var text = [UInt8]("\"")
      for delta in decoder.feed(output.span) {
        switch delta {
        case .text(let piece), .refusal(let piece): text += piece
        default: break
        }
      }
      precondition(decoder.malformedCount == 0, "events are JSON")
      if dialect == .custom { continue }
      precondition(decoder.isOver && decoder.fault == nil)
      precondition(text + [UInt8]("\"") == content, "the client has what the context has")
    }
  }

  /// The result is JSON; a reply is the deltas joined.
  func check(_ dialect: Dialect) {
    var text = [UInt8]("\"")
    for delta in deltas {
      let piece: [UInt8]
      switch delta {
      case .text(let bytes), .refusal(let bytes):
        text += bytes
        piece = bytes
      case .reasoning(let bytes), .signature(let bytes), .arguments(_, let bytes),
        .toolCall(_, _, let bytes):
        piece = bytes
      case .logprobs(let object):
        precondition((try? JSONDocument(object))?.root.kind == .object)
        continue
      case .callMembers(_, let members):
        precondition((try? JSONDocument([UInt8]("{") + members + [UInt8]("}"))) != nil)
        continue
      case .event, .body:
        preconditionFailure("what is passed on as it is must be asked for")
      }
      precondition((try? JSONDocument([UInt8]("\"") + piece + [UInt8]("\""))) != nil)
    }
    guard fault == nil else {
      precondition(!fault!.message.bytes.isEmpty)
      return
    }
    precondition(isFinished)
    precondition(content == text + [UInt8]("\""), "the reply is the deltas joined")
    guard let root = try? JSONDocument(metadata).root else {
      preconditionFailure("metadata is JSON")
    }
    // A custom backend's own metadata is passed on as it is.
    if dialect != .custom {
      let names = root.members.map { $0.name.string ?? [] }
      precondition(Set(names).count == names.count, "each name stands once")
    }
    checkFaces()
  }
}
