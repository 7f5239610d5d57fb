/// Random numbers that a failed test can be repeated with: SplitMix64 (Steele, Lea and Flood, 2014).
///
/// The trait `seeded` adds the run's seed to each issue of a test or suite. `POSTERN_SEED` repeats the run.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Numbers of this run: other ones for each `stream`, and in each run.
  public init(stream: UInt64 = 0) {
    self.init(fixed: RunSeed.value)
    state = next() ^ stream
  }

  /// The same numbers in every run, for tests whose expectations hold for one seed only.
  public init(fixed seed: UInt64) { state = seed }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
