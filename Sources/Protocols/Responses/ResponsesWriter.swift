import Bytes
import JSON

/// An answer as Responses have it.
final class ResponsesWriter: AnswerWriter {
  private let terms: AnswerTerms
  private var stream: ResponsesStream?

  /// An answer on these terms.
  init(_ terms: AnswerTerms) {
    self.terms = terms
  }

  func body(
    of reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void
  ) -> ByteBuffer {
    let object = object(facts.identifier, reply.model)
    var writer = JSONWriter(reserving: reply.content.count + 1024)
    if let source = reply.source, source.dialect == .responses {
      object.write(adopting: source.root, to: &writer)
    } else {
      object.write(output: reply.responsesItems(object.id), reply: reply, to: &writer)
    }
    return writer.finishedBuffer()
  }

  func body(of error: FaceError, attempts: (inout JSONWriter) -> Void) -> [UInt8] {
    error.openAIBody
  }

  func write(
    _ deltas: [ReplyDelta], answer identifier: [UInt8], model: [UInt8]?, to output: inout [UInt8]
  ) {
    if stream == nil {
      stream = ResponsesStream(object(identifier, model))
    } else if let model {
      stream!.name(model: model)
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
    if stream == nil { return ResponsesStream.fail(error, to: &output) }
    stream!.fail(error, to: &output)
  }

  func keepAlive(to output: inout [UInt8]) {
    output.appendKeepAlive()
  }

  private func object(_ identifier: [UInt8], _ model: [UInt8]?) -> ResponsesObject {
    ResponsesObject(terms: terms, id: identifier, model: model ?? terms.model)
  }
}
