import Protocols

/// The part of a reply that the client of a live stream has received.
struct DeliveredPart {
  /// The text, as a JSON string, once the attempt that brought it is over.
  private(set) var text: [UInt8]?
  /// Whether it is more than text, which no backend can continue.
  private(set) var isBeyondText = false
  /// Whether no content has been delivered. Thinking is not content: another backend may think again.
  private(set) var isEmpty = true
  /// Whether anything has been delivered.
  private(set) var hasBegun = false
  /// The pieces before the first output, which wait for it.
  private var held: [ReplyDelta] = []

  /// Takes pieces of a reply. Returns the pieces to deliver now: none before the first output.
  mutating func release(_ deltas: [ReplyDelta]) -> [ReplyDelta]? {
    for delta in deltas {
      switch delta {
      case .text, .refusal, .event(_, _, .text): (hasBegun, isEmpty) = (true, false)
      case .toolCall, .event(_, _, .beyondText), .body:
        (hasBegun, isEmpty, isBeyondText) = (true, false, true)
      case .reasoning, .signature, .event(_, _, .thinking): hasBegun = true
      case .logprobs, .arguments, .callMembers, .event: break
      }
    }
    guard hasBegun else {
      held += deltas
      return nil
    }
    defer { held = [] }
    return held.isEmpty ? deltas : held + deltas
  }

  /// An attempt that brought this text is over. The pieces that it did not deliver are dropped.
  mutating func note(_ text: [UInt8]?) {
    held = []
    if !isEmpty { self.text = text }
  }
}
