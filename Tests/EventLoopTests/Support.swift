import Glibc
import Platform

@testable import EventLoop

/// What happened, in order.
final class Journal {
  var entries: [String] = []

  func note(_ entry: String) { entries.append(entry) }
}

extension EventLoop {
  /// A turn that does not wait.
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
