import Testing
import TestSupport

@testable import Backends

@Suite(.seeded) struct DrawTests {
  /// Over one random number from each of `total` equal parts of the range, every candidate is drawn
  /// exactly as often as its weight says.
  @Test(arguments: [
    [1], [95, 5], [3, 1], [0, 100], [100, 0], [1, 999_999], [7, 0, 11, 1], [1, 1, 1],
    [100_000, 1, 0, 3],
  ])
  func drawsInExactProportion(weights: [Int]) {
    let pool = CandidatePool(weights.map { Candidate("c", $0) })
    let total = weights.reduce(0, +)
    var counts = [Int](repeating: 0, count: weights.count)
    for part in 0..<UInt64(total) {
      // The middle of the part, so that no number has to be rejected.
      let start = UInt64(total).dividingFullWidth((part, UInt64.max / 2)).quotient
      var generator = GivenNumbers([start])
      counts[pool.draw(using: &generator)!] += 1
    }
    #expect(counts == weights)
  }

  /// Numbers that would favour the first candidates are rejected: of 2^64 numbers one is left over
  /// if they are shared among three.
  @Test func rejectsWhatWouldBeABias() {
    let pool = CandidatePool([Candidate("a", 1), Candidate("b", 1), Candidate("c", 1)])
    var generator = GivenNumbers([0, .max])
    #expect(pool.draw(using: &generator) == 2)
    #expect(generator.used == 2)
    generator = GivenNumbers([1])
    #expect(pool.draw(using: &generator) == 0)
  }

  @Test func drawsFromAllThatABotCanHave() {
    let pool = CandidatePool((0..<1024).map { Candidate("c\($0)", 1_000_000) })
    var generator = GivenNumbers([.max, 1 << 63 + 1 << 40, 1 << 20])
    #expect(pool.draw(using: &generator) == 1023)
    #expect(pool.draw(using: &generator) == 512)
    #expect(pool.draw(using: &generator) == 0)
  }

  /// Real random numbers, within five standard deviations.
  @Test(arguments: [[95, 5], [3, 1], [10, 20, 30, 40]])
  func drawsInProportionOverTheLongRun(weights: [Int]) {
    let pool = CandidatePool(weights.map { Candidate("c", $0) })
    var generator = SeededGenerator(stream: 3)
    let draws = 20_000
    var counts = [Int](repeating: 0, count: weights.count)
    for _ in 0..<draws { counts[pool.draw(using: &generator)!] += 1 }
    for (count, weight) in zip(counts, weights) {
      #expect(
        isWithinBounds(count, of: draws, share: Double(weight) / Double(weights.reduce(0, +))))
    }
  }

  @Test func drawsOnlyWhatMayBeDrawn() {
    let pool = CandidatePool([
      Candidate("off", 5, enabled: false), Candidate("zero", 0),
      Candidate("spare", 5, fallback: true), Candidate("a", 1), Candidate("b", 2),
    ])
    var generator = SeededGenerator(stream: 1)
    let drawn = Set((0..<1000).map { _ in pool.draw(using: &generator) })
    #expect(drawn == [3, 4])
    let usable = Set((0..<1000).map { _ in pool.draw(using: &generator) { $0 != 4 } })
    #expect(usable == [3])
    #expect(pool.draw(using: &generator) { $0 < 3 } == nil)
    #expect(CandidatePool([]).draw(using: &generator) == nil)
  }
}

/// Whether a count is within five standard deviations of the expected one.
func isWithinBounds(_ count: Int, of draws: Int, share: Double) -> Bool {
  let deviation = (Double(draws) * share * (1 - share)).squareRoot()
  return abs(Double(count) - Double(draws) * share) <= 5 * deviation
}
