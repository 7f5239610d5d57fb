import Protocols

/// What the client of a live stream has got of a reply.
struct DeliveredPart {
  /// The text, as a JSON string, once the attempt that it came from is over.
  private(set) var text: [UInt8]?
  /// Whether it is more than text, which nobody can go on with.
  private(set) var isBeyondText = false
  /// Whether nothing has been delivered.
  private(set) var isEmpty = true
  /// Came before the first content, and waits for it.
  private var held: [ReplyDelta] = []

  /// Takes pieces of a reply; returns those that are to be delivered now: all from the first content on, and before
  /// that none.
  mutating func release(_ deltas: [ReplyDelta]) -> [ReplyDelta]? {
    for delta in deltas {
      switch delta {
      case .text: isEmpty = false
      case .toolCall: (isEmpty, isBeyondText) = (false, true)
      case .reasoning, .signature, .logprobs, .arguments: break
      }
    }
    guard !isEmpty else {
      held += deltas
      return nil
    }
    defer { held = [] }
    return held.isEmpty ? deltas : held + deltas
  }

  /// An attempt is over, which had brought this text: what it had not delivered is forgotten.
  mutating func note(_ text: [UInt8]?) {
    held = []
    if !isEmpty { self.text = text }
  }
}
