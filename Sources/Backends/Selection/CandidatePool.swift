/// The integrations of one bot, from which one is drawn for each message.
///
/// A candidate is known by its place in file order. Drawing changes nothing: the caller brings the random numbers.
struct CandidatePool: Sendable {
  /// The candidates, in the order of the file.
  let candidates: [Candidate]
  /// The places of the fallbacks, in the order in which they are tried: by weight, the greatest first, and among equals
  /// in file order. A fallback of weight 0 is the last resort: only `enabled = no` turns it off.
  let fallbacks: [Int]

  /// The candidates in the order of the file.
  init(_ candidates: [Candidate]) {
    self.candidates = candidates
    // By insertion: the standard library's sort takes several kilobytes of code.
    var order: [Int] = []
    for (place, candidate) in candidates.enumerated()
    where candidate.isFallback && candidate.isEnabled {
      let next = order.firstIndex { candidates[$0].weight < candidate.weight }
      order.insert(place, at: next ?? order.endIndex)
    }
    fallbacks = order
  }

  /// Draws a candidate at random, each in exact proportion to its weight.
  ///
  /// Disabled candidates, fallbacks and those of weight 0 are never drawn. O(candidates).
  ///
  /// - Parameters:
  ///   - generator: The source of random numbers: one of 64 bits, and another one with a probability of less than 2^-34.
  ///   - isUsable: Whether a candidate takes part, by its place. The others share the part of one that does not.
  /// - Returns: Its place; `nil` where no candidate takes part.
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
    preconditionFailure("isUsable gives one answer for each candidate")
  }
}
