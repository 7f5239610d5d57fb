import Exchange
import HTTPServer
import Protocols

/// The shape in which a client is answered. Where it remembers what it has said in a stream, each answer has one of its
/// own.
protocol Face: AnyObject {
  /// A whole answer.
  func response(to answer: Answer) -> Response

  /// An error that came before anybody was asked.
  func response(to error: APIError) -> Response

  /// Appends pieces of a streamed reply, of an answer that is known so far.
  func write(_ deltas: [ReplyDelta], of answer: AnswerHead, to output: inout [UInt8])

  /// Appends the end of a stream: what follows the last piece of a reply, or the error.
  func finish(_ answer: Answer, to output: inout [UInt8])

  /// Appends what shows that the connection is alive.
  func keepAlive(to output: inout [UInt8])
}
