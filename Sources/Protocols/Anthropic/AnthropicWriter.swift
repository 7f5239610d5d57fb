import Bytes
import JSON

/// An answer as Messages have it.
final class AnthropicWriter: AnswerWriter {
  private let terms: AnswerTerms
  private var stream: AnthropicStream?

  /// An answer on these terms.
  init(_ terms: AnswerTerms) {
    self.terms = terms
  }

  func body(
    of reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void
  ) -> ByteBuffer {
    reply.anthropicBody(identity(facts.identifier, reply.model))
  }

  func body(of error: FaceError, attempts: (inout JSONWriter) -> Void) -> [UInt8] {
    error.anthropicBody
  }

  func write(
    _ deltas: [ReplyDelta], answer identifier: [UInt8], model: [UInt8]?, to output: inout [UInt8]
  ) {
    if stream == nil { stream = AnthropicStream(identity(identifier, model)) }
    for delta in deltas { stream!.write(delta, to: &output) }
  }

  func finish(
    _ reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void,
    to output: inout [UInt8]
  ) {
    write([], answer: facts.identifier, model: reply.model, to: &output)
    stream!.finish(reply, to: &output)
  }

  func fail(
    _ error: FaceError, attempts: (inout JSONWriter) -> Void, to output: inout [UInt8]
  ) {
    let body = error.anthropicBody
    output.append(event: "error", data: body.span)
  }

  func keepAlive(to output: inout [UInt8]) {
    // Anthropic's own event may not be the first.
    if let stream { stream.keepAlive(to: &output) } else { output.appendKeepAlive() }
  }

  private func identity(_ identifier: [UInt8], _ model: [UInt8]?) -> AnswerIdentity {
    AnswerIdentity(id: identifier, model: model ?? terms.model, created: 0)
  }
}
