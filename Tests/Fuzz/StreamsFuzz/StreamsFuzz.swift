import Bytes
import Protocols
import JSON

/// libFuzzer calls this with each input: the first byte says how it is cut, the rest is a stream,
/// read in every dialect and framing. A failed precondition is a finding.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(start: UnsafePointer<UInt8>?, count: Int) -> Int32 {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let seed = bytes.first else { return 0 }
  let stream = Array(bytes.dropFirst())
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
    let identity = AnswerIdentity(id: [UInt8]("id"), model: reply.model ?? [], created: 1)
    var openaiStream = OpenAIStream(identity, includesUsage: true)
    var anthropicStream = AnthropicStream(identity)
    for delta in deltas {
      openaiStream.write(delta, to: &openai)
      anthropicStream.write(delta, to: &anthropic)
      NativeStream.write(delta, to: &native)
    }
    openaiStream.finish(reply, to: &openai)
    anthropicStream.finish(reply, to: &anthropic)
    for body in [reply.openAIBody(identity), reply.anthropicBody(identity)] {
      precondition((try? JSONDocument(body)) != nil, "a body is JSON")
      NativeStream.finish(body.span, to: &native)
    }
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
        if case .text(let piece) = delta { text += piece }
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
      case .text(let bytes):
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
      case .event:
        preconditionFailure("events are passed on only where that is asked for")
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
