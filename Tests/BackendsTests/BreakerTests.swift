import Configuration
import Platform
import Testing
import TestSupport

@testable import Backends

@Suite struct BreakerTests {
  private let breaker: Breaker
  private let start = Instant(nanoseconds: 1_000_000_000)

  init() throws {
    let text = "[integration i]\ntype = echo\nbreaker = 3/30s"
    breaker = Breaker(try configuration(text).integrations[0].breaker)
  }

  @Test func opensAfterFailuresInARow() throws {
    for _ in 0..<2 { try fail(at: 0) }
    #expect(breaker.allows(at: start))
    try fail(at: 0)
    #expect(!breaker.allows(at: start))
    #expect(breaker.admit(at: start) == nil)
    #expect(breaker.wait(at: start + .seconds(10)) == .seconds(20))
    #expect(!breaker.allows(at: start + .milliseconds(29_999)))
    #expect(breaker.allows(at: start + .seconds(30)))
  }

  @Test func startsToCountAnewAfterASuccess() throws {
    for _ in 0..<2 { try fail(at: 0) }
    try succeed(at: 0)
    for _ in 0..<2 { try fail(at: 0) }
    #expect(breaker.allows(at: start))
  }

  @Test func letsOneProbeThrough() throws {
    try open()
    let permit = try #require(breaker.admit(at: start + .seconds(30)))
    #expect(breaker.isProbing)
    #expect(breaker.admit(at: start + .seconds(31)) == nil)
    breaker.settle(permit, .works, at: start + .seconds(31))
    for _ in 0..<2 { #expect(breaker.admit(at: start + .seconds(31)) != nil) }
  }

  @Test func opensAgainWithTheProbesFailure() throws {
    try open()
    try fail(at: 30)
    #expect(!breaker.allows(at: start + .milliseconds(59_999)))
    #expect(breaker.allows(at: start + .seconds(60)))
  }

  /// A cancelled probe says nothing: the next attempt is the probe.
  @Test func probesAgainAfterOneThatWasGivenUp() throws {
    try open()
    let permit = try #require(breaker.admit(at: start + .seconds(30)))
    breaker.settle(permit, .unknown, at: start + .seconds(31))
    #expect(!breaker.isProbing)
    #expect(breaker.admit(at: start + .seconds(31)) != nil)
    #expect(breaker.isProbing)
  }

  @Test func takesAnAttemptGivenUpForNothing() throws {
    for _ in 0..<2 { try fail(at: 0) }
    breaker.settle(try #require(breaker.admit(at: start)), .unknown, at: start)
    #expect(breaker.allows(at: start))
    try fail(at: 0)
    #expect(!breaker.allows(at: start))
  }

  /// A restart of the backend breaks all connections at once. What begins afterwards counts again.
  @Test func countsAnOutageOnce() throws {
    let failure = Breaker.Result.failed(retryAfter: nil, .countsAsOneOutage)
    let underWay = try (0..<100).map { _ in try #require(breaker.admit(at: start)) }
    for permit in underWay { breaker.settle(permit, failure, at: start) }
    #expect(breaker.isClosed)
    for _ in 0..<2 {
      #expect(breaker.isClosed)
      breaker.settle(try #require(breaker.admit(at: start)), failure, at: start)
    }
    #expect(!breaker.isClosed)
  }

  /// Failures that take their time are apart from each other, even if all attempts began together.
  @Test func countsAnswersOneByOne() throws {
    let underWay = try (0..<3).map { _ in try #require(breaker.admit(at: start)) }
    for permit in underWay { breaker.settle(permit, .failed(retryAfter: nil, .counts), at: start) }
    #expect(!breaker.isClosed)
  }

  /// Results of requests that began before it opened arrive later.
  @Test func sortsLateResults() throws {
    let late = try (0..<3).map { _ in try #require(breaker.admit(at: start)) }
    try open()
    breaker.settle(late[0], .failed(retryAfter: nil, .counts), at: start + .seconds(20))
    #expect(breaker.wait(at: start) == .seconds(30))
    let probe = try #require(breaker.admit(at: start + .seconds(30)))
    breaker.settle(late[1], .failed(retryAfter: nil, .counts), at: start + .seconds(31))
    #expect(breaker.isProbing)
    breaker.settle(late[2], .works, at: start + .seconds(32))
    #expect(breaker.allows(at: start + .seconds(32)))
    breaker.settle(probe, .failed(retryAfter: nil, .counts), at: start + .seconds(33))
    #expect(breaker.wait(at: start + .seconds(33)) == .seconds(30))
  }

  @Test(arguments: [(1, 1), (40, 40), (3600, 3600), (86_400, 3600)])
  func opensForAsLongAsTheBackendAsks(seconds: Int, wait: Int) throws {
    let permit = try #require(breaker.admit(at: start))
    breaker.settle(permit, .failed(retryAfter: .seconds(seconds), .counts), at: start)
    #expect(breaker.wait(at: start) == .seconds(wait))
    #expect(!breaker.allows(at: start))
    // One probe, and the breaker's own time after its failure.
    try fail(at: wait)
    #expect(breaker.wait(at: start + .seconds(wait)) == .seconds(30))
  }

  @Test func keepsTheLongerOfTwoWaits() throws {
    let permits = try (0..<3).map { _ in try #require(breaker.admit(at: start)) }
    for (permit, seconds) in zip(permits, [20, 60, 10]) {
      breaker.settle(permit, .failed(retryAfter: .seconds(seconds), .counts), at: start)
    }
    #expect(breaker.wait(at: start) == .seconds(60))
  }

  @Test func takesARetryAfterOfNothingForAFailure() throws {
    let permit = try #require(breaker.admit(at: start))
    breaker.settle(permit, .failed(retryAfter: .seconds(0), .counts), at: start)
    #expect(breaker.allows(at: start))
  }

  @Test func neverOpensWithoutAPolicy() throws {
    let breaker = Breaker(nil)
    for retryAfter in [nil, .seconds(60)] as [TimeSpan?] {
      for _ in 0..<2000 {
        let permit = try #require(breaker.admit(at: start))
        breaker.settle(permit, .failed(retryAfter: retryAfter, .counts), at: start)
      }
    }
    #expect(breaker.allows(at: start))
  }

  private func open() throws {
    for _ in 0..<3 { try fail(at: 0) }
    #expect(!breaker.allows(at: start))
  }

  private func fail(at seconds: Int) throws {
    let now = start + .seconds(seconds)
    breaker.settle(try #require(breaker.admit(at: now)), .failed(retryAfter: nil, .counts), at: now)
  }

  private func succeed(at seconds: Int) throws {
    let now = start + .seconds(seconds)
    breaker.settle(try #require(breaker.admit(at: now)), .works, at: now)
  }
}
