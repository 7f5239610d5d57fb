public import Bytes
public import JSON
import Platform

/// An answer as Postern's own interface has it.
///
/// A stream has the events `delta` with more of the content, then `message` with the whole answer, or `error`.
public final class NativeWriter: AnswerWriter, Sendable {
  private let showsAttempts: Bool

  /// A writer of one answer. `showsAttempts`: whether the client may see what was tried, and which integration replied.
  public init(showsAttempts: Bool) {
    self.showsAttempts = showsAttempts
  }

  /// `{"data": {…}}`
  public func body(
    of reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void
  ) -> ByteBuffer {
    var writer = JSONWriter(reserving: reply.byteCount + 512)
    writer.beginObject()
    writer.name("data")
    writeData(of: reply, facts, attempts: attempts, to: &writer)
    writer.endObject()
    return writer.finishedBuffer()
  }

  /// The object that stands for a message whose sender did not wait, once there is a reply: the reply, with a `status`.
  public func finishedMessage(
    _ reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    var writer = JSONWriter(reserving: reply.byteCount + 512)
    writeData(of: reply, facts, status: "done", attempts: attempts, to: &writer)
    return writer.finish()
  }

  /// The same for a failure: its error, and the attempts.
  public func failedMessage(
    _ error: FaceError, id: [UInt8], conversation: [UInt8], attempts: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("id", string: id)
    writer.member("conversation_id", string: conversation)
    writer.member("status", string: "failed")
    error.write(to: &writer)
    if showsAttempts {
      writer.name("attempts")
      attempts(&writer)
    }
    writer.endObject()
    return writer.finish()
  }

  private func writeData(
    of reply: Reply, _ facts: AnswerFacts, status: StaticString? = nil,
    attempts: (inout JSONWriter) -> Void, to writer: inout JSONWriter
  ) {
    let (content, attachments) = (reply.content, reply.attachments)
    writer.beginObject()
    writer.member("id", string: facts.identifier.span)
    writer.member("conversation_id", string: facts.conversation.span)
    if let status { writer.member("status", string: status) }
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
  }

  /// As ``AnswerWriter`` has it.
  public func body(of error: FaceError, attempts: (inout JSONWriter) -> Void) -> [UInt8] {
    error.nativeBody { writer in
      guard showsAttempts else { return }
      writer.name("attempts")
      attempts(&writer)
    }
  }

  /// As ``AnswerWriter`` has it.
  public func write(
    _ deltas: [ReplyDelta], answer identifier: [UInt8], model: [UInt8]?, to output: inout [UInt8]
  ) {
    for delta in deltas { NativeStream.write(delta, to: &output) }
  }

  /// As ``AnswerWriter`` has it.
  public func finish(
    _ reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void,
    to output: inout [UInt8]
  ) {
    let message = body(of: reply, facts, attempts: attempts)
    NativeStream.finish(message.span, to: &output)
  }

  /// As ``AnswerWriter`` has it.
  public func fail(
    _ error: FaceError, attempts: (inout JSONWriter) -> Void, to output: inout [UInt8]
  ) {
    let body = body(of: error, attempts: attempts)
    NativeStream.fail(body.span, to: &output)
  }

  /// As ``AnswerWriter`` has it.
  public func keepAlive(to output: inout [UInt8]) {
    output.appendKeepAlive()
  }
}
