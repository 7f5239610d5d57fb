import Glibc
import Testing
import TestSupport

@testable import Backends

@Suite(.seeded) struct BinaryLogarithmTests {
  @Test(
    arguments: [
      (UInt64.max, 0), ((1 << 63) - 1, 1), ((1 << 32) - 1, 32), (1, 63), (0, 64),
    ] as [(UInt64, UInt64)])
  func isExactForPowersOfTwo(number: UInt64, expected: UInt64) {
    #expect(BinaryLogarithm.negated(number) == expected << 44)
  }

  @Test func isALogarithm() {
    var random = SeededGenerator(stream: 1)
    for step in 0..<3000 {
      let number = random.next() >> UInt64(step % 60)
      let expected = 64 - log2(Double(number) + 1)
      let value = Double(BinaryLogarithm.negated(number)) / Double(UInt64(1) << 44)
      // The rest of 53 bits after the 6 before the point.
      #expect(abs(value - expected) < 1e-13 * 64)
    }
  }

  @Test func falls() {
    var random = SeededGenerator(stream: 2)
    for step in 0..<3000 {
      let number = random.next() >> UInt64(step % 60)
      let other = number - number >> UInt64(step % 30 + 1)
      #expect(BinaryLogarithm.negated(other) >= BinaryLogarithm.negated(number))
    }
  }
}
