import Bytes
import JSON
import Platform

/// An answer as Postern's own interface has it.
///
/// A stream has the events `delta` with more of the content, then `message` with the whole answer, or `error`.
final class NativeWriter: AnswerWriter {
  private let showsAttempts: Bool

  /// A writer of one answer. `showsAttempts`: whether the client may see what was tried, and which integration replied.
  init(showsAttempts: Bool) {
    self.showsAttempts = showsAttempts
  }

  /// `{"data": {…}}`
  func body(
    of reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void
  ) -> ByteBuffer {
    let (content, attachments) = (reply.content, reply.attachments)
    var writer = JSONWriter(reserving: reply.byteCount + 512)
    writer.beginObject()
    writer.name("data")
    writer.beginObject()
    writer.member("id", string: facts.identifier.span)
    writer.member("conversation_id", string: facts.conversation.span)
    writer.member("role", string: "assistant")
    writer.member("content", raw: content.span)
    let integration = facts.integration
    if showsAttempts {
      writer.name("integration")
      writer.beginObject()
      writer.member("id", string: integration.id.span)
      writer.member("name", string: integration.name.span)
      writer.endObject()
    }
    writer.member("fallback", boolean: integration.isFallback)
    if showsAttempts {
      writer.name("attempts")
      attempts(&writer)
    }
    writer.member("attachments", raw: attachments.span)
    writer.name("metadata")
    reply.writeMetadata(to: &writer, turnsLeftOut: facts.turnsLeftOut)
    // To the second, without the fraction.
    var created = facts.time.text
    created[19] = UInt8(ascii: "Z")
    writer.member("created_at", string: created.span.extracting(first: 20))
    writer.endObject()
    writer.endObject()
    return writer.finishedBuffer()
  }

  func body(of error: FaceError, attempts: (inout JSONWriter) -> Void) -> [UInt8] {
    error.nativeBody { writer in
      guard showsAttempts else { return }
      writer.name("attempts")
      attempts(&writer)
    }
  }

  func write(
    _ deltas: [ReplyDelta], answer identifier: [UInt8], model: [UInt8]?, to output: inout [UInt8]
  ) {
    for delta in deltas { NativeStream.write(delta, to: &output) }
  }

  func finish(
    _ reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void,
    to output: inout [UInt8]
  ) {
    let message = body(of: reply, facts, attempts: attempts)
    NativeStream.finish(message.span, to: &output)
  }

  func fail(
    _ error: FaceError, attempts: (inout JSONWriter) -> Void, to output: inout [UInt8]
  ) {
    let body = body(of: error, attempts: attempts)
    NativeStream.fail(body.span, to: &output)
  }

  func keepAlive(to output: inout [UInt8]) {
    output.appendKeepAlive()
  }
}
