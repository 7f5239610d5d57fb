import Backends
import Protocols

/// What makes an attempt, and waits for its result.
///
/// It is a protocol, because two functions that capture would take memory for each attempt.
protocol AttemptOwner: AnyObject {
  /// Takes pieces of a streamed reply.
  func deliver(_ deltas: [ReplyDelta])

  /// Takes the result, once, in a later turn than the attempt's start: a reply if and only if the outcome is `ok`.
  func settle(_ report: AttemptReport, _ reply: Reply?)
}
