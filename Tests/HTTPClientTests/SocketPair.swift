import Foundation

/// Two connected sockets, to see whether other code changes one of them.
final class SocketPair {
  let near: Int32
  private let far: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
      throw POSIXError(.EMFILE)
    }
    (near, far) = (ends[0], ends[1])
  }

  deinit {
    close(near)
    close(far)
  }

  /// Sends a byte to the near end.
  func write() {
    _ = Foundation.send(far, [1], 1, Int32(MSG_NOSIGNAL))
  }

  /// Receives a byte at the near end.
  func read() {
    var byte: UInt8 = 0
    _ = recv(near, &byte, 1, Int32(MSG_DONTWAIT))
  }

  /// Whether the near end has something to receive.
  var hasInput: Bool {
    var byte: UInt8 = 0
    return recv(near, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)) > 0
  }

  /// Whether the near end is open in both directions, and still has the one byte that was sent to it.
  var isIntact: Bool {
    var bytes: [UInt8] = [0, 0]
    let received = recv(near, &bytes, 2, Int32(MSG_DONTWAIT))
    let sent = Foundation.send(near, bytes, 1, Int32(MSG_NOSIGNAL))
    return received == 1 && sent == 1
  }
}
