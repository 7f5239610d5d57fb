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
    var paused: [Int32] = []
    var action: (Int32) -> Void = { _ in }
  }

  init() throws {
    loop = try EventLoop()
    watches = SocketWatches(on: loop, isPaused: { [heard] in heard.paused.contains($0) }) {
      [heard] socket, _ in
      heard.count += 1
      heard.action(socket)
    }
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
      _ = watches.update(number, wanted: Self.remove)
      dup2(next.near, number)
    }
    watches.open(number)
    #expect(watches.update(number, wanted: Self.out))
    try loop.turn(waitingAtMost: .milliseconds(0))
    #expect(isDone && heard.count == 0)
    #expect(next.isIntact)
    close(number)
  }

  /// libcurl sees no difference between two sockets that have the same number one after another.
  @Test func watchesTheNextSocketOfANumberAsTheOneBefore() throws {
    let number = try connection()
    watches.open(number)
    #expect(watches.update(number, wanted: Self.out))
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
    #expect(watches.update(kept.near, wanted: Self.input))
    _ = watches.update(kept.near, wanted: Self.remove)
    kept.write()
    try loop.turn(waitingAtMost: .milliseconds(0))
    #expect(heard.count == 0)
    #expect(!kept.isIntact)
  }

  /// libcurl may read a socket and release it while an earlier event of the same turn is handled.
  @Test func sparesAKeptConnectionWhoseEventIsStale() throws {
    let pairs = [try SocketPair(), try SocketPair()]
    heard.action = { [watches] socket in
      let other = pairs[0].near == socket ? pairs[1] : pairs[0]
      other.read()
      _ = watches.update(other.near, wanted: Self.remove)
    }
    for pair in pairs {
      watches.open(pair.near)
      _ = watches.update(pair.near, wanted: Self.input)
      pair.write()
    }
    try loop.turn(waitingAtMost: .milliseconds(0))
    #expect(heard.count == 1)
    for pair in pairs where !pair.hasInput { pair.write() }
    #expect(pairs.allSatisfy { $0.isIntact })
  }

  /// A response may come before libcurl waits for anything but to send: then it does not ask for more.
  @Test func sparesAKeptConnectionThatCouldBeWrittenTo() throws {
    let kept = try SocketPair()
    watches.open(kept.near)
    #expect(watches.update(kept.near, wanted: Self.out))
    _ = watches.update(kept.near, wanted: Self.remove)
    try loop.turn(waitingAtMost: .milliseconds(0))
    #expect(heard.count == 0)
    // It is watched for its end from now on.
    kept.write()
    #expect(kept.hasInput)
    try loop.turn(waitingAtMost: .milliseconds(0))
    #expect(!kept.isIntact)
  }

  /// The transfer that uses it was paused before libcurl asked for its socket.
  @Test func sparesTheConnectionOfAPausedTransfer() throws {
    let used = try SocketPair()
    watches.open(used.near)
    #expect(watches.update(used.near, wanted: Self.input))
    _ = watches.update(used.near, wanted: Self.remove)
    heard.paused = [used.near]
    used.write()
    for _ in 0..<2 { try loop.turn(waitingAtMost: .milliseconds(0)) }
    watches.shutDownIdle(origin: [])
    #expect(heard.count == 0)
    heard.paused = []
    #expect(watches.update(used.near, wanted: Self.input))
    try loop.turn(waitingAtMost: .milliseconds(0))
    #expect(heard.count == 1)
    #expect(used.isIntact)
  }

  @Test func shutsDownTheIdleConnectionsOfOneOrigin() throws {
    let pairs = try (0..<3).map { _ in try SocketPair() }
    for (pair, origin) in zip(pairs, ["a", "b", "a"]) {
      watches.open(pair.near, origin: Array(origin.utf8))
      #expect(watches.update(pair.near, wanted: Self.input))
      _ = watches.update(pair.near, wanted: Self.remove)
      pair.write()
    }
    // The last one is in use.
    #expect(watches.update(pairs[2].near, wanted: Self.input))
    watches.shutDownIdle(origin: Array("a".utf8))
    #expect(pairs.map { $0.isIntact } == [false, true, true])
  }

  /// A connected socket of a high number, whose other end is closed; it is open only here.
  private func connection() throws -> Int32 {
    let pair = try SocketPair()
    let number = withExtendedLifetime(pair) { fcntl($0.near, F_DUPFD, Self.lowestNumber) }
    try #require(number >= 0)
    return number
  }
}
