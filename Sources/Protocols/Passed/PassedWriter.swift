import Bytes
import JSON

/// An answer that is the backend's own, byte for byte.
///
/// A client that asks for a stream, of a completion, gets it as one event.
final class PassedWriter: AnswerWriter {
  private let face: Face

  /// An answer to a client of this interface.
  init(_ face: Face) {
    self.face = face
  }

  func body(
    of reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void
  ) -> ByteBuffer {
    ByteBuffer(copying: root(of: reply).span)
  }

  func body(of error: FaceError, attempts: (inout JSONWriter) -> Void) -> [UInt8] {
    face.body(of: error)
  }

  func write(
    _ deltas: [ReplyDelta], answer identifier: [UInt8], model: [UInt8]?, to output: inout [UInt8]
  ) {}

  func finish(
    _ reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void,
    to output: inout [UInt8]
  ) {
    output.append(event: nil, data: root(of: reply).span)
    output.append("data: [DONE]\n\n")
  }

  func fail(
    _ error: FaceError, attempts: (inout JSONWriter) -> Void, to output: inout [UInt8]
  ) {
    let body = face.body(of: error)
    output.append(event: nil, data: body.span)
  }

  func keepAlive(to output: inout [UInt8]) {
    output.appendKeepAlive()
  }

  private func root(of reply: Reply) -> JSONValue {
    guard let source = reply.source else { preconditionFailure("a passed reply has its source") }
    return source.root
  }
}
