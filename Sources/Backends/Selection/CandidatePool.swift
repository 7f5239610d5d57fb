/// The integrations of one bot, of which one is chosen for each message.
///
/// A candidate is named by its place in the order of the configuration file. Choosing changes
/// nothing: all randomness is the caller's.
struct CandidatePool: Sendable {
  /// The candidates, in the order of the file.
  let candidates: [Candidate]
  /// The places of the fallbacks, in the order in which they are tried: by weight, the greatest
  /// first, and among equals in the order of the file. One of weight 0 is the last resort rather
  /// than none: its weight takes it no traffic while others answer, and what it is for is when
  /// nobody else does. `enabled = no` is what turns it off.
  let fallbacks: [Int]

  /// The candidates in the order of the file.
  init(_ candidates: [Candidate]) {
    self.candidates = candidates
    // By insertion: the standard library's sort takes several kilobytes of code.
    var order: [Int] = []
    for (place, candidate) in candidates.enumerated()
    where candidate.isFallback && candidate.isEnabled {
      let behind = order.firstIndex { candidates[$0].weight < candidate.weight }
      order.insert(place, at: behind ?? order.endIndex)
    }
    fallbacks = order
  }

  /// Draws a candidate at random, each in exact proportion to its weight.
  ///
  /// Disabled candidates, fallbacks and those of weight 0 are never drawn. O(candidates).
  ///
  /// - Parameters:
  ///   - generator: Where the randomness comes from: 64 even bits, and again with a probability of
  ///     less than 2^-34.
  ///   - isUsable: Whether to leave a candidate in the draw, by its place: the others share what
  ///     would have been its part.
  /// - Returns: Its place; `nil` if there is none to draw from.
  func draw(
    using generator: inout some RandomNumberGenerator, where isUsable: (Int) -> Bool = { _ in true }
  ) -> Int? {
    var total: UInt64 = 0
    for place in candidates.indices where candidates[place].isDrawable && isUsable(place) {
      total += UInt64(candidates[place].weight)
    }
    guard total > 0 else { return nil }
    // The standard library's is Lemire's method, which rejects what would be a bias.
    var point = generator.next(upperBound: total)
    for place in candidates.indices where candidates[place].isDrawable && isUsable(place) {
      let weight = UInt64(candidates[place].weight)
      if point < weight { return place }
      point -= weight
    }
    preconditionFailure("a predicate that changed its mind")
  }
}
