import Glibc
import Platform

@testable import EventLoop

/// A clock that stands still until it is moved.
final class FakeClock {
  var now = Instant(nanoseconds: 1_000_000_000_000)

  func advance(_ milliseconds: Int) {
    now = now + .milliseconds(milliseconds)
  }
}

/// What happened, in order.
final class Journal {
  var entries: [String] = []

  func note(_ entry: String) { entries.append(entry) }
}

extension EventLoop {
  /// A turn that waits for nothing.
  func turnWithoutWaiting() throws {
    try turn(waitingAtMost: .milliseconds(0))
  }
}

/// Two connected sockets, closed at the end.
final class SocketPair {
  let near: Int32
  let far: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    let result = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
    precondition(result == 0)
    near = ends[0]
    far = ends[1]
  }

  /// Makes the near end ready for reading.
  func send() {
    let count = write(far, "x", 1)
    precondition(count == 1)
  }

  /// Takes what makes the near end ready.
  func receive() {
    var byte: UInt8 = 0
    let count = read(near, &byte, 1)
    precondition(count == 1)
  }

  deinit {
    close(near)
    close(far)
  }
}

/// SplitMix64: repeatable random numbers.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
