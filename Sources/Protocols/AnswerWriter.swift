public import Bytes
public import JSON

/// Writes one answer in the interface of its client: whole, or as a stream.
///
/// A stream is deltas, then either the end of a reply or an error. A writer remembers what its stream has said.
/// `attempts` writes the array of attempts, which only the native face has.
public protocol AnswerWriter: AnyObject {
  /// The body of a whole answer.
  func body(
    of reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void
  ) -> ByteBuffer

  /// The body of an error response to an exchange, with its attempts.
  func body(of error: FaceError, attempts: (inout JSONWriter) -> Void) -> [UInt8]

  /// Appends pieces of a streamed reply. `model` is the model's name as the backend gives it; `nil` where it gives none.
  func write(
    _ deltas: [ReplyDelta], answer identifier: [UInt8], model: [UInt8]?, to output: inout [UInt8])

  /// Appends what follows the last delta of a reply.
  func finish(
    _ reply: Reply, _ facts: AnswerFacts, attempts: (inout JSONWriter) -> Void,
    to output: inout [UInt8])

  /// Appends the end of a stream that failed.
  func fail(
    _ error: FaceError, attempts: (inout JSONWriter) -> Void, to output: inout [UInt8])

  /// Appends what shows that the connection is alive.
  func keepAlive(to output: inout [UInt8])
}
