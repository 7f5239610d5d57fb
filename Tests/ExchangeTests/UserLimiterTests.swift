import Backends
import Bytes
import Configuration
import Platform
import Testing
import TestSupport

@testable import Exchange

@Suite struct UserLimiterTests {
  private let start = Instant(nanoseconds: 1_000_000_000)
  private var limiter: UserLimiter

  init() throws {
    limiter = try UserLimiter("3/m")
  }

  @Test mutating func letsSoManyThroughAtOnce() {
    for _ in 0..<3 { #expect(send("u") == nil) }
    #expect(send("u") == 20)
    // A refused message is not counted.
    #expect(send("u") == 20)
    #expect(send("other") == nil)
    #expect(send("u", bot: "b") == nil)
  }

  @Test mutating func letsMoreThroughAtAnEvenPace() {
    for _ in 0..<3 { #expect(send("u") == nil) }
    #expect(send("u", at: 19) == 1)
    #expect(send("u", at: 20) == nil)
    #expect(send("u", at: 20) == 20)
    #expect(send("u", at: 70) == nil)
    #expect(send("u", at: 70) == nil)
    #expect(send("u", at: 70) == 10)
    for _ in 0..<3 { #expect(send("u", at: 200) == nil) }
    #expect(send("u", at: 200) == 20)
  }

  @Test(arguments: [("1/s", 1), ("30/m", 30), ("1000/h", 1000), ("7/s", 7)])
  func admitsTheRateExactly(rate: String, count: Int) throws {
    var limiter = try UserLimiter(rate)
    var admitted = 0
    for _ in 0..<count + 5 where limiter.wait(of: [1], bot: [2], at: start) <= .seconds(0) {
      limiter.count([1], bot: [2], at: start)
      admitted += 1
    }
    #expect(admitted == count)
  }

  /// A user over the limit stays so, however many others come.
  @Test mutating func forgetsThoseWhoSendLeast() {
    for _ in 0..<3 { #expect(send("busy") == nil) }
    for number in 0..<20_000 { #expect(send("user \(number)") == nil) }
    #expect(send("busy") == 20)
  }

  /// Sends a message; returns the seconds to wait if it was refused.
  private mutating func send(_ user: String, bot: String = "a", at seconds: Int = 0) -> Int? {
    let now = start + .seconds(seconds)
    let wait = limiter.wait(of: bytes(user), bot: bytes(bot), at: now)
    if wait > .seconds(0) { return wait.secondsRoundedUp }
    limiter.count(bytes(user), bot: bytes(bot), at: now)
    return nil
  }
}

extension UserLimiter {
  fileprivate init(_ rate: String) throws {
    let limits = try configuration("[limits]\nper_user = \(rate)").limits
    self.init(try #require(limits.perUser), key: SipHash.Key(1, 2))
  }
}
