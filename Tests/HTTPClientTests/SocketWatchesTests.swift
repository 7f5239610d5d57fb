import EventLoop
import Foundation
import Platform
import Testing

@testable import HTTPClient

/// libcurl does not report everything that happens to its sockets. One test runs at a time, because
/// descriptor numbers are shared by all.
@Suite(.serialized) struct SocketWatchesTests {
  /// CURL_POLL_IN, CURL_POLL_OUT and CURL_POLL_REMOVE.
  private static let (input, out, remove): (Int32, Int32, Int32) = (1, 2, 4)
  /// So high that no other descriptor gets it while the tests run.
  private static let lowestNumber: Int32 = 900

  private let loop: EventLoop
  private let watches: SocketWatches
  private let heard = Heard()

  private final class Heard {
    var count = 0
  }

  init() throws {
    loop = try EventLoop()
    watches = SocketWatches(on: loop) { [heard] _, _ in heard.count += 1 }
  }

  /// libcurl 7.88 closes a connecting socket without a report, and the next socket gets its number.
  /// The readiness of the old socket in the same turn must not reach the new one.
  @Test func sparesTheNextSocketOfANumber() throws {
    let trigger = try SocketPair()
    let next = try SocketPair()
    trigger.write()
    next.write()
    let number = try connection()
    var isDone = false
    // Ready before the connection is, and so called before it in the turn that finds both.
    _ = try loop.register(trigger.near, for: .read) { [watches] _ in
      guard !isDone else { return }
      isDone = true
      close(number)
      _ = watches.update(number, wanted: Self.remove, isPaused: false)
      dup2(next.near, number)
    }
    watches.open(number)
    #expect(watches.update(number, wanted: Self.out, isPaused: false))
    try loop.turn(waitingAtMost: .milliseconds(0))
    #expect(isDone && heard.count == 0)
    #expect(next.isIntact)
    close(number)
  }

  /// libcurl sees no difference between two sockets that have the same number one after another.
  @Test func watchesTheNextSocketOfANumberAsTheOneBefore() throws {
    let number = try connection()
    watches.open(number)
    #expect(watches.update(number, wanted: Self.out, isPaused: false))
    close(number)
    let next = try SocketPair()
    dup2(next.near, number)
    watches.open(number)
    try loop.turn(waitingAtMost: .milliseconds(0))
    #expect(heard.count == 1)
    close(number)
    watches.forget(number)
  }

  /// A kept connection that receives something unasked must not be used again.
  @Test func shutsDownAKeptConnectionThatFires() throws {
    let kept = try SocketPair()
    watches.open(kept.near)
    #expect(watches.update(kept.near, wanted: Self.input, isPaused: false))
    _ = watches.update(kept.near, wanted: Self.remove, isPaused: false)
    kept.write()
    try loop.turn(waitingAtMost: .milliseconds(0))
    #expect(heard.count == 0)
    #expect(!kept.isIntact)
  }

  /// A connected socket of a high number, whose other end is closed; it is open only here.
  private func connection() throws -> Int32 {
    let pair = try SocketPair()
    let number = withExtendedLifetime(pair) { fcntl($0.near, F_DUPFD, Self.lowestNumber) }
    try #require(number >= 0)
    return number
  }
}
