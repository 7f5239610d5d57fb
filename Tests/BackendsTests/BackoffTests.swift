import Platform
import Testing

@testable import Backends

@Suite struct BackoffTests {
  /// Full jitter: evenly between zero and the doubled base, at most 8 s.
  @Test(arguments: [
    (500, 0, 500), (500, 1, 1000), (500, 2, 2000), (500, 4, 8000), (500, 5, 8000),
    (500, 100, 8000), (1, 3, 8), (1, 99, 8000), (8000, 0, 8000), (8000, 1, 8000), (0, 5, 0),
  ])
  func isSpreadUpToItsCeiling(base: Int, retry: Int, ceiling: Int) {
    let random = RandomSource()
    let pauses = (0..<2000).map { _ in
      Backoff.pause(beforeRetry: retry, base: .milliseconds(base), using: random).nanoseconds
    }
    let limit = Int64(ceiling) * 1_000_000
    #expect(pauses.allSatisfy { 0...limit ~= $0 })
    guard ceiling > 0 else { return }
    // Of 2,000 even draws, each quarter gets 500 ± 20 (one standard deviation).
    for quarter in 0..<4 {
      let part = pauses.filter { $0 * 4 / (limit + 1) == quarter }.count
      #expect(400...600 ~= part, "quarter \(quarter)")
    }
  }
}
