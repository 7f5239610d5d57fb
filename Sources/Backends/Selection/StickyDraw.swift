import Bytes

/// A conversation as a number that is the same in every run, on every machine and in every version.
struct ConversationToken: Equatable, Sendable {
  let hash: UInt64

  /// The token of a bot's conversation.
  init(bot: Span<UInt8>, conversation: Span<UInt8>) {
    var hash = SipHash(key: Self.key)
    hash.combine(number: UInt64(bot.count))
    hash.combine(bot)
    hash.combine(conversation)
    self.hash = hash.finish()
  }

  /// This conversation's random number for a candidate, from 0 to 2^64 - 1.
  func number(for candidate: borrowing Candidate) -> UInt64 {
    var hash = SipHash(key: Self.key)
    hash.combine(number: self.hash)
    hash.combine(candidate.id.span)
    return hash.finish()
  }

  /// `postern sticky 1`. Not secret. A change would move every conversation.
  private static let key = SipHash.Key(0x206e_7265_7473_6f70, 0x3120_796b_6369_7473)
}

extension CandidatePool {
  /// Draws a conversation's candidate: always the same one, and over all conversations in proportion to the weights.
  ///
  /// This is weighted rendezvous hashing (Schindelhauer and Schomaker, 2005): a hash of the conversation and the
  /// candidate's id gives a number u, evenly between 0 and 1, and the candidate with the least -log(u) / weight wins.
  /// A candidate's score does not depend on the others. So a conversation moves only to a candidate that was added or
  /// whose weight rose, and away from one that was removed or whose weight fell. The scores are compared as exact
  /// fractions of integers.
  ///
  /// Disabled candidates, fallbacks and those of weight 0 are never drawn. O(candidates).
  ///
  /// - Parameter isUsable: Whether a candidate takes part, by its place. The conversations of one that does not are
  ///   shared among the others, and return to it later.
  /// - Returns: Its place; `nil` where no candidate takes part.
  func draw(
    for conversation: ConversationToken, where isUsable: (Int) -> Bool = { _ in true }
  ) -> Int? {
    var best: (place: Int, distance: UInt64, weight: UInt64)?
    for place in candidates.indices where candidates[place].isDrawable && isUsable(place) {
      let distance = BinaryLogarithm.negated(conversation.number(for: candidates[place]))
      let weight = UInt64(candidates[place].weight)
      if let best {
        let mine = distance.multipliedFullWidth(by: best.weight)
        let other = best.distance.multipliedFullWidth(by: weight)
        guard (mine.high, mine.low) < (other.high, other.low) else { continue }
      }
      best = (place, distance, weight)
    }
    return best?.place
  }
}
