import Bytes
import JSON

/// An answer that is the backend's own, byte for byte.
///
/// A client that asks for the stream of a completion gets it as one event where the backend does not stream.
final class PassedWriter: AnswerWriter {
  private let face: Face
  /// Whether the client gets a body that is not a stream of events.
  private var isBody = false

  /// An answer to a client of this interface.
  init(_ face: Face) {
    self.face = face
  }

  func body(
    of reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void
  ) -> ByteBuffer {
    guard let source = reply.source else { preconditionFailure("a passed reply has its source") }
    return ByteBuffer(copying: source.root.span)
  }

  func body(of error: FaceError, attempts: (inout JSONWriter) -> Void) -> [UInt8] {
    face.body(of: error)
  }

  func write(
    _ deltas: [ReplyDelta], answer identifier: [UInt8], model: [UInt8]?, to output: inout [UInt8]
  ) {
    for delta in deltas {
      if case .body(_, let bytes) = delta {
        isBody = true
        output.append(copying: bytes.span)
      } else if case .event(let type, let data, _) = delta {
        if !type.isEmpty { output.append("event: ", type, "\n") }
        output.append(event: nil, data: data.span)
      }
    }
  }

  func finish(
    _ reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void,
    to output: inout [UInt8]
  ) {
    // What came as a stream has its own end.
    guard let source = reply.source else { return }
    output.append(event: nil, data: source.root.span)
    output.append("data: [DONE]\n\n")
  }

  func fail(
    _ error: FaceError, attempts: (inout JSONWriter) -> Void, to output: inout [UInt8]
  ) {
    guard !isBody else { return }
    let body = face.body(of: error)
    output.append(event: nil, data: body.span)
  }

  func keepAlive(to output: inout [UInt8]) {
    output.appendKeepAlive()
  }
}
