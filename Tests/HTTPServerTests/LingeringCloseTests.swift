import EventLoop
import Glibc
import Platform
import Testing

@testable import HTTPServer

/// A connection that was refused and is heard out.
@Suite struct LingeringCloseTests {
  private final class Clock {
    var now = Instant(nanoseconds: 1_000_000_000)
  }

  private let clock = Clock()
  private let loop: EventLoop
  private let far: Int32
  private let near: Int32

  init() throws {
    let clock = clock
    loop = try EventLoop { clock.now }
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    (near, far) = (ends[0], ends[1])
  }

  /// The client's end; whether it sees that the other one is gone, and not only silent.
  private var isGone: Bool { send(far, "x", 1, Int32(MSG_NOSIGNAL)) < 0 }

  private func turn() throws { try loop.turn(waitingAtMost: .milliseconds(0)) }

  @Test func readsUntilTheClientCloses() throws {
    var endCount = 0
    LingeringClose(adopting: Descriptor(adopting: near), on: loop).begin { endCount += 1 }
    // The client sees the end at once.
    var byte: UInt8 = 0
    #expect(recv(far, &byte, 1, Int32(MSG_DONTWAIT)) == 0)
    for _ in 0..<3 {
      #expect(send(far, [UInt8](repeating: 0, count: 40000), 40000, Int32(MSG_NOSIGNAL)) == 40000)
      for _ in 0..<4 { try turn() }
    }
    #expect(endCount == 0)
    shutdown(far, Int32(SHUT_WR))
    try turn()
    #expect(endCount == 1)
    close(far)
    loop.close()
  }

  @Test func endsAfterThreeSeconds() throws {
    var endCount = 0
    LingeringClose(adopting: Descriptor(adopting: near), on: loop).begin { endCount += 1 }
    clock.now = clock.now + .milliseconds(2999)
    try turn()
    #expect(endCount == 0)
    #expect(!isGone)
    clock.now = clock.now + .milliseconds(1)
    try turn()
    try turn()
    #expect(endCount == 1)
    #expect(isGone)
    close(far)
    loop.close()
  }

  @Test func dropsWhatHasComeWithoutWaiting() throws {
    #expect(send(far, "x", 1, 0) == 1)
    do {
      let close = LingeringClose(adopting: Descriptor(adopting: near), on: loop)
      close.beBrief()
    }
    #expect(isGone)
    close(far)
    loop.close()
  }

  /// libmicrohttpd closes its own descriptor; this one keeps the connection open.
  @Test func sharesAConnection() throws {
    let sharing = try #require(LingeringClose(sharing: near, on: loop))
    close(near)
    #expect(!isGone)
    var hasEnded = false
    sharing.begin { hasEnded = true }
    shutdown(far, Int32(SHUT_WR))
    // What was sent is read first.
    for _ in 0..<2 { try turn() }
    #expect(hasEnded)
    close(far)
    loop.close()
    #expect(LingeringClose(sharing: -1, on: loop) == nil)
  }
}
