/// An integration as far as choosing one is concerned.
struct Candidate: Equatable, Sendable {
  /// The weights that there are.
  static let weights = 0...1_000_000

  /// The integration's id, which decides which conversations stick to it.
  let id: [UInt8]
  /// Its share of the draws, in proportion to the others'; of a fallback, its place in their order.
  let weight: Int
  /// Whether it is kept for when another has failed.
  let isFallback: Bool
  /// Whether it may be used at all.
  let isEnabled: Bool

  /// Describes an integration. The weight is to be checked before: one outside ``weights`` is a
  /// bug.
  init(id: [UInt8], weight: Int, isFallback: Bool, isEnabled: Bool) {
    precondition(Self.weights ~= weight, "a weight out of range")
    self.id = id
    self.weight = weight
    self.isFallback = isFallback
    self.isEnabled = isEnabled
  }

  /// Whether it is ever drawn: enabled, not a fallback, and with a weight other than 0.
  var isDrawable: Bool { isEnabled && !isFallback && weight > 0 }
}
