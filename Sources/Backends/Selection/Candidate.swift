/// What a draw needs to know of an integration.
struct Candidate: Equatable, Sendable {
  /// The possible weights.
  static let weights = 0...1_000_000

  /// The integration's id, which decides which conversations stick to it.
  let id: [UInt8]
  /// Its share of the draws, relative to the others'. Of a fallback: its place in the order of the fallbacks.
  let weight: Int
  /// Whether it is tried only after another has failed.
  let isFallback: Bool
  /// Whether it may be used at all.
  let isEnabled: Bool

  /// A candidate. The weight must be one of ``weights``.
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
