import Protocols
import Testing

@testable import Backends

/// `Int` has 32 bits on some machines. What only rises, and can pass 2 147 483 647, must not be one.
@Suite struct CounterWidthTests {
  @Test func countersAndSumsOfTimeHave64BitsEverywhere() {
    let statistics = IntegrationStatistics()
    for counter in IntegrationStatistics.Counter.allCases {
      #expect(type(of: statistics[counter]) == Int64.self)
    }
    #expect(type(of: LatencyHistogram().totalMilliseconds) == Int64.self)
  }
}
