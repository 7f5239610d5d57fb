/// Which candidates an exchange tries, one after the other: the one that was drawn, then each
/// fallback. None is tried twice.
public struct Route: Sendable {
  /// The candidate that was drawn, or pinned by the client.
  public let first: Int?
  private var isBegun = false
  private var triedFallbacks = 0

  /// The route of an exchange that begins with `first`, or, where there was none to draw, with the
  /// fallbacks.
  public init(beginningWith first: Int?) {
    self.first = first
  }

  /// The candidate to try next.
  ///
  /// - Parameter isUsable: Whether a fallback may be tried now, by its place; one that may not is
  ///   passed over for good. It is not asked about the first.
  /// - Returns: Its place; `nil` when there is nobody left, which on the first call means that the
  ///   bot has no integration that could answer.
  public mutating func next(
    in pool: CandidatePool, where isUsable: (Int) -> Bool = { _ in true }
  ) -> Int? {
    if !isBegun {
      isBegun = true
      if let first { return first }
    }
    while triedFallbacks < pool.fallbacks.count {
      let place = pool.fallbacks[triedFallbacks]
      triedFallbacks += 1
      if place != first, isUsable(place) { return place }
    }
    return nil
  }
}
