import Bytes
import JSON

/// An answer as Chat Completions have it.
final class OpenAIWriter: AnswerWriter {
  private let terms: AnswerTerms
  private var stream: OpenAIStream?

  /// An answer on these terms.
  init(_ terms: AnswerTerms) {
    self.terms = terms
  }

  func body(
    of reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void
  ) -> ByteBuffer {
    reply.openAIBody(identity(facts.identifier, reply.model))
  }

  func body(of error: FaceError, attempts: (inout JSONWriter) -> Void) -> [UInt8] {
    error.openAIBody
  }

  func write(
    _ deltas: [ReplyDelta], answer identifier: [UInt8], model: [UInt8]?, to output: inout [UInt8]
  ) {
    if stream == nil {
      stream = OpenAIStream(identity(identifier, model), asksForUsage: terms.asksForUsage)
    } else {
      stream!.name(model: model ?? terms.model)
    }
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
    // Without `[DONE]`, so that no client takes the reply for a whole one.
    let body = error.openAIBody
    output.append(event: nil, data: body.span)
  }

  func keepAlive(to output: inout [UInt8]) {
    output.appendKeepAlive()
  }

  /// The reply's id in OpenAI's form: `chatcmpl-` in place of `msg_`.
  private static func completionID(_ identifier: [UInt8]) -> [UInt8] {
    var id: [UInt8] = []
    id.reserveCapacity(identifier.count + 5)
    id.append("chatcmpl-")
    id.append(copying: identifier.span.extracting(4...))
    return id
  }

  private func identity(_ identifier: [UInt8], _ model: [UInt8]?) -> AnswerIdentity {
    AnswerIdentity(
      id: Self.completionID(identifier), model: model ?? terms.model,
      created: terms.created)
  }
}
