import Platform

/// The sockets that libcurl has opened for one request.
///
/// libcurl 8.14 tells nothing of a connection whose TLS handshake is not done. So each socket is looked at before it is
/// closed.
struct OpenedSockets {
  /// Those that are open.
  private var open: [Int32] = []
  /// Whether one that is closed now was connected.
  private(set) var wereConnected = false

  /// libcurl has opened a socket.
  mutating func add(_ socket: Int32) {
    open.append(socket)
  }

  /// libcurl is about to close a socket. Returns whether it is one of these.
  mutating func noteClosing(_ socket: Int32) -> Bool {
    guard let index = open.firstIndex(of: socket) else { return false }
    open.remove(at: index)
    if isConnected(socket) { wereConnected = true }
    return true
  }

  /// Forgets all of them: another request begins.
  mutating func reset() {
    open.removeAll(keepingCapacity: true)
    wereConnected = false
  }
}
