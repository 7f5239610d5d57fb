import Bytes
import Dialects
import JSON

/// libFuzzer calls this with each input: the first byte says how it is split, the rest is a stream, read in every
/// dialect and framing. A failed precondition is a finding.
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

/// What is read of a stream that comes in parts of a size.
private struct Reading: Equatable {
  var deltas: [ReplyDelta] = []
  var fault: StreamFault?
  var malformedCount = 0
  var content: [UInt8] = []
  var metadata: [UInt8] = []
  var isFinished = false

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
    } catch {
      fault = error
    }
  }

  /// What comes of it is JSON; a reply is the deltas joined.
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
    let names = root.members.map { $0.name.string ?? [] }
    precondition(Set(names).count == names.count, "each name stands once")
  }
}
