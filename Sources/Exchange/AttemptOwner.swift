import Backends
import Protocols

/// What makes an attempt, and waits for its result.
///
/// A protocol instead of two functions, because functions that capture take memory for each attempt.
protocol AttemptOwner: AnyObject {
  /// Takes pieces of a streamed reply.
  func deliver(_ deltas: [ReplyDelta])

  /// Takes the result, once, in a later turn than the attempt's start: a reply if and only if the outcome is `ok`.
  func settle(_ report: AttemptReport, _ reply: Reply?)
}
