import Testing
import TestSupport

@testable import Context

/// The ring compared with its model over random operations. `POSTERN_LONG=1` makes millions of
/// turns.
@Suite(.seeded) struct RingPropertyTests {
  struct Life: CustomTestStringConvertible {
    var testDescription: String
    var blockSize: Int
    var conversations: Int
    var sizes: [ClosedRange<Int>]
    var deletions = 0
    var hashMask: UInt64 = .max
    var steps: Int
  }

  static let lives = [
    Life(
      testDescription: "single bytes", blockSize: 4096, conversations: 40, sizes: [0...1],
      steps: 2_000),
    Life(
      testDescription: "every alignment", blockSize: 4096, conversations: 6,
      sizes: [1...40, 1...300], steps: 2_000),
    Life(
      testDescription: "up to more than the whole", blockSize: 4100, conversations: 9,
      sizes: [1...60, 1...60, 1000...4000], deletions: 30, steps: 2_000),
    Life(
      testDescription: "one conversation", blockSize: 5000, conversations: 1, sizes: [1...200],
      deletions: 200, steps: 1_000),
    Life(
      testDescription: "deletions all the time", blockSize: 8192, conversations: 12,
      sizes: [1...500], deletions: 3, steps: 2_000),
    Life(
      testDescription: "every hash the same", blockSize: 6144, conversations: 30, sizes: [1...60],
      deletions: 20, hashMask: 0, steps: 1_000),
    Life(
      testDescription: "four hashes", blockSize: 6144, conversations: 60, sizes: [1...60],
      deletions: 20, hashMask: 3 << 62, steps: 1_000),
    Life(
      testDescription: "larger", blockSize: 65536, conversations: 300,
      sizes: [1...100, 100...3000], deletions: 100, steps: 1_000),
  ]

  @Test(arguments: lives) func equalsItsModel(life: Life) throws {
    let steps = isLongRun ? life.steps * 500 : life.steps
    for round in 0..<(isLongRun ? 4 : 1) {
      var walker = RingWalker(
        blockSize: life.blockSize + round * 8, conversations: life.conversations,
        seed: UInt64(round), hashMask: life.hashMask)
      for step in 0..<steps / (isLongRun ? 4 : 1) {
        walker.step(sizes: life.sizes, deletions: life.deletions)
        if step % 97 == 0 { walker.compareAll() }
        if step % 193 == 0 { try walker.compareReopened() }
        if step % 389 == 0 { try walker.reopen() }
      }
      walker.compareAll()
      try walker.compareReopened()
    }
  }

  /// A record may end at any distance from the last cell, and the next be of any length.
  @Test func wrapsAtEveryAlignment() throws {
    for gap in 0...70 {
      for size in [1, 60, 130, 255, 256, 257] {
        var walker = RingWalker(blockSize: 4096, conversations: 2, seed: UInt64(gap))
        // The smallest records, then one that leaves about `gap` cells.
        for _ in 0..<20 { walker.append(to: 0, size: 1) }
        walker.append(to: 1, size: max(1, (496 - 20 * 16 - gap) * 8 - 64 - 2 - 12))
        for _ in 0..<4 { walker.append(to: 0, size: size) }
        walker.compareAll()
        if gap % 9 == 0 { try walker.compareReopened() }
      }
    }
  }

  /// Damage costs only the turns that it touches.
  @Test(arguments: 0..<(isLongRun ? 4000 : 40)) func losesOnlyWhatIsDamaged(seed: UInt64) throws {
    var walker = RingWalker(
      blockSize: 4096 + Int(seed) * 8 % 4096, conversations: 7, seed: seed)
    for _ in 0..<6 {
      for _ in 0..<40 { walker.step(sizes: [1...40, 1...400], deletions: 25) }
      var random = walker.random
      let cells = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        Int.random(in: walker.model.owners.indices, using: &random)
      }
      try walker.reopen(damaging: cells)
      walker.compareAll()
    }
  }
}
