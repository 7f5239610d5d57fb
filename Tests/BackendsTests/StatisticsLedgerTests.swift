import Bytes
import Configuration
import Platform
import Protocols
import TestSupport
import Testing

@testable import Backends

/// Counts since the beginning and for the last day, on a clock that the test moves.
struct StatisticsLedgerTests {
  private static let hour: Int64 = 3_600_000
  private static let start = WallTime(milliseconds: 500_000 * hour + 1_800_000)

  private func time(_ hours: Double) -> WallTime {
    WallTime(milliseconds: Self.start.milliseconds + Int64(hours * Double(Self.hour)))
  }

  private func integrations(_ ids: String...) throws -> [Integration] {
    let sections = ids.map { "[integration \($0)]\ntype = echo\n" }.joined()
    let configuration = try configuration("[bot b]\n\(sections)")
    return configuration.integrations.map {
      Integration($0, bot: configuration.bots[0], version: "0")
    }
  }

  private func count(_ number: Int, _ integration: Integration) {
    for _ in 0..<number { integration.statistics.count(.echoed(integration)) }
  }

  private func written(_ ledger: StatisticsLedger, limit: Int = 1 << 20) -> [UInt8] {
    let buffer = ByteBuffer(capacity: 16)
    _ = ledger.write(to: buffer, within: limit)
    return buffer.bytes
  }

  @Test func theLastDayHasTwentyFourHours() throws {
    let ledger = StatisticsLedger(at: time(0))
    let one = try integrations("a")[0]
    ledger.adopt([one], at: time(0))
    // One in the first hour, two in the second and so on.
    for hour in 0..<48 {
      ledger.note(time(Double(hour)))
      count(hour + 1, one)
    }
    #expect(ledger.total(of: one).counts[.ok] == 48 * 49 / 2)
    #expect(ledger.total(of: one).since == time(0).milliseconds)
    let day = ledger.day(of: one)
    #expect(day.counts[.ok] == (25...48).reduce(0, +))
    #expect(day.since == time(47 - 23 - 0.5).milliseconds)
    ledger.note(time(100))
    #expect(ledger.day(of: one).counts[.ok] == 0)
    #expect(ledger.total(of: one).counts[.ok] == 48 * 49 / 2)
  }

  /// A host without a battery starts in 1970, until it knows the time.
  @Test func aClockThatIsSetLateMovesWhatWasCounted() throws {
    let start = WallTime(milliseconds: 40_000)
    let ledger = StatisticsLedger(at: start)
    let one = try integrations("a")[0]
    ledger.adopt([one], at: start)
    count(3, one)
    ledger.note(WallTime(milliseconds: 2 * 3_600_000))
    count(2, one)
    ledger.note(time(0))
    count(1, one)
    #expect(ledger.day(of: one).counts[.ok] == 6)
    #expect(abs(ledger.total(of: one).since - time(-2).milliseconds) <= 3_600_000)
    ledger.note(time(22))
    #expect(ledger.day(of: one).counts[.ok] == 3)
  }

  @Test func aRestartChangesNothing() throws {
    var ledger = StatisticsLedger(at: time(0))
    var all = try integrations("a", "b")
    ledger.adopt(all, at: time(0))
    var expected: [(total: Int, day: Int)] = []
    var history: [Int] = []
    for hour in 0..<60 {
      let now = time(Double(hour) / 2)
      ledger.note(now)
      count(hour % 5, all[0])
      history.append(hour % 5)
      // The current hour begins in the middle of two steps.
      let halfHours = 48 - hour % 2
      expected.append((history.reduce(0, +), history.suffix(halfHours).reduce(0, +)))
      guard hour % 3 == 0 else { continue }
      let bytes = written(ledger)
      ledger = StatisticsLedger(at: now)
      #expect(ledger.restore(from: bytes))
      all = try integrations("a", "b")
      ledger.adopt(all, at: now)
      #expect(ledger.total(of: all[0]).counts[.ok] == expected.last!.total)
      #expect(ledger.day(of: all[0]).counts[.ok] == expected.last!.day)
      #expect(ledger.total(of: all[0]).since == time(0).milliseconds)
    }
  }

  @Test func whatIsGoneIsKeptForItsReturn() throws {
    let ledger = StatisticsLedger(at: time(0))
    let first = try integrations("a", "b")
    ledger.adopt(first, at: time(0))
    count(3, first[0])
    ledger.adopt([first[1]], at: time(1))
    #expect(ledger.gone == [bytes("a")])
    let again = try integrations("a")[0]
    ledger.adopt([again, first[1]], at: time(2))
    #expect(ledger.gone == [])
    count(2, again)
    #expect(ledger.total(of: again).counts[.ok] == 5)
    #expect(ledger.day(of: again).counts[.ok] == 5)
  }

  /// Integrations that come and go do not take more and more memory.
  @Test func onlySomeOfThoseGoneAreKept() throws {
    let ledger = StatisticsLedger(at: time(0))
    for number in 0..<200 {
      let one = try integrations("i\(number)")[0]
      ledger.adopt([one], at: time(0))
      count(1, one)
    }
    #expect(ledger.gone.count == 64)
    #expect(ledger.gone.last == bytes("i198"))
  }

  @Test func everyNumberIsWritten() throws {
    let ledger = StatisticsLedger(at: time(0))
    let one = try integrations("a")[0]
    ledger.adopt([one], at: time(0))
    for (number, outcome) in Outcome.allCases.enumerated() {
      for _ in 0...number * 50 {
        one.statistics.count(
          AttemptReport(integration: bytes("a"), outcome: outcome, milliseconds: 1))
      }
    }
    for (number, counter) in IntegrationStatistics.Counter.allCases.enumerated() {
      for _ in 0...number { one.statistics.count(counter) }
    }
    one.statistics.count(TokenUsage.none, cost: Cost(units: 7, parts: 123_456_789_012))
    let counts = one.statistics.counts
    let other = StatisticsLedger(at: time(0))
    #expect(other.restore(from: written(ledger)))
    let same = try integrations("a")[0]
    other.adopt([same], at: time(0))
    #expect(other.total(of: same).counts == counts)
    #expect(other.day(of: same).counts == counts)
  }

  /// The numbers by which the file names what is counted.
  @Test func theFileNamesOutcomesAndCountersByNumbersThatStay() {
    #expect(
      Outcome.allCases.map { "\($0.name)" } == [
        "ok", "timeout", "dns_failed", "connect_failed", "tls_failed", "auth_failed",
        "rate_limited", "http_error", "invalid_json", "missing_content", "too_large", "interrupted",
        "context_too_long", "content_filtered", "loading", "breaker_open",
      ])
    #expect(
      IntegrationStatistics.Counter.allCases.map { "\($0)" } == [
        "drawn", "cancelled", "hedged", "fallbacksServed", "fallbacksNeeded", "skippedEvents",
        "inputTokens", "outputTokens", "cachedTokens",
      ])
  }

  @Test func aFileThatIsTooSmallKeepsWhatMattersMost() throws {
    let ledger = StatisticsLedger(at: time(0))
    let all = try integrations("a", "b", "c", "d")
    ledger.adopt(all, at: time(0))
    for hour in 0..<20 {
      ledger.note(time(Double(hour)))
      for one in all { count(1, one) }
    }
    let whole = written(ledger)
    let buffer = ByteBuffer(capacity: 16)
    #expect(ledger.write(to: buffer, within: whole.count))
    #expect(!ledger.write(to: buffer, within: whole.count - 1))
    #expect(buffer.count < whole.count / 3)
    let other = StatisticsLedger(at: time(20))
    #expect(other.restore(from: buffer.bytes))
    let same = try integrations("a", "b", "c", "d")
    other.adopt(same, at: time(20))
    #expect(other.total(of: same[3]).counts[.ok] == 20)
    #expect(other.day(of: same[3]).counts[.ok] == 0)
    #expect(!ledger.write(to: buffer, within: 30))
    #expect(buffer.count <= 30)
  }

  @Test(.seeded, arguments: 0..<200 as Range<UInt64>)
  func damageIsNotTaken(stream: UInt64) throws {
    var random = SeededGenerator(stream: stream)
    let ledger = StatisticsLedger(at: time(0))
    let all = try integrations("a", "b")
    ledger.adopt(all, at: time(0))
    for one in all { count(300, one) }
    var bytes = written(ledger)
    bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
    if Bool.random(using: &random) {
      bytes.removeLast(.random(in: 0...bytes.count, using: &random))
    }
    let other = StatisticsLedger(at: time(0))
    _ = other.restore(from: bytes)
    let same = try integrations("a", "b")
    other.adopt(same, at: time(0))
    for one in same { count(1, one) }
    #expect(other.isChanged)
    _ = written(other)
    #expect(!other.isChanged)
  }
}

extension TokenUsage {
  fileprivate static var none: TokenUsage { Reply(echoing: [UInt8]().span).usage }
}
