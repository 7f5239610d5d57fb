import Bytes
import Configuration
import Protocols

/// The counts of an integration, which add up: over restarts, or for an hour.
package struct StatisticCounts: Equatable {
  private static let outcomes = Outcome.allCases.count
  /// The first number by which the file names a counter. Outcomes are below it, money is above.
  private static let counterBase = 64
  private static let costBase = 126

  private var numbers = [Int64](
    repeating: 0, count: outcomes + IntegrationStatistics.Counter.allCases.count)
  /// What the replies have cost.
  package private(set) var cost = Cost()

  /// Nothing.
  package init() {}

  /// The number of attempts with an outcome.
  package subscript(outcome: Outcome) -> Int64 { numbers[outcome.rawValue] }

  /// The value of a counter.
  package subscript(counter: IntegrationStatistics.Counter) -> Int64 {
    numbers[Self.outcomes + counter.rawValue]
  }

  /// Whether nothing is counted.
  var isZero: Bool { cost == Cost() && !numbers.contains { $0 != 0 } }

  mutating func add(_ count: Int, to outcome: Outcome) {
    numbers[outcome.rawValue] &+= Int64(count)
  }

  mutating func add(_ count: Int, to counter: IntegrationStatistics.Counter) {
    numbers[Self.outcomes + counter.rawValue] &+= Int64(count)
  }

  mutating func add(_ cost: Cost) {
    self.cost += cost
  }

  /// Adds all counts of `other`, or takes them away.
  @inline(never)
  mutating func add(_ other: StatisticCounts, times factor: Int64 = 1) {
    for index in numbers.indices { numbers[index] &+= other.numbers[index] &* factor }
    if factor < 0 { cost -= other.cost } else { cost += other.cost }
  }

  // MARK: The file

  /// Writes each count that is not 0 after its number, and 0.
  @inline(never)
  func write(to writer: RecordWriter) {
    for index in numbers.indices where numbers[index] > 0 {
      let isCounter = index >= Self.outcomes
      writer.put(1 + index + (isCounter ? Self.counterBase - Self.outcomes : 0))
      writer.put(numbers[index])
    }
    if cost != Cost() {
      writer.put(1 + Self.costBase)
      writer.put(cost.units)
      writer.put(2 + Self.costBase)
      writer.put(cost.parts)
    }
    writer.put(0)
  }

  /// Reads what ``write(to:)`` has written. Numbers that are unknown are left out.
  init(_ reader: inout RecordReader) {
    self.init()
    while reader.isValid {
      let name = reader.number() - 1
      guard name >= 0 else { return }
      let value = reader.wideNumber()
      switch name {
      case 0..<Self.outcomes: numbers[name] = value
      case Self.counterBase..<Self.counterBase + numbers.count - Self.outcomes:
        numbers[name - Self.counterBase + Self.outcomes] = value
      case Self.costBase: cost += Cost(units: value)
      case Self.costBase + 1: cost += Cost(parts: value)
      default: break
      }
    }
  }
}
