import Exchange
import HTTPServer
import Protocols

/// The form in which a client gets its answer. It may remember what it has written of a stream, so each answer has its
/// own.
protocol Face: AnyObject {
  /// A whole answer.
  func response(to answer: Answer) -> Response

  /// An error from before any backend was asked.
  func response(to error: APIError) -> Response

  /// Appends pieces of a streamed reply. `answer` is what is known so far.
  func write(_ deltas: [ReplyDelta], of answer: AnswerHead, to output: inout [UInt8])

  /// Appends the end of a stream: what follows the last piece of a reply, or the error.
  func finish(_ answer: Answer, to output: inout [UInt8])

  /// Appends a sign that the connection is alive.
  func keepAlive(to output: inout [UInt8])
}
