import EventLoop
import Platform

/// A listening socket in the event loop.
final class Listener {
  let socket: ListeningSocket
  let isSecure: Bool
  /// Whether its peers may be administrators.
  let isControl: Bool
  private let loop: EventLoop
  private let onConnection: (Listener) -> Void
  private var registration: Registration?

  /// Takes over a socket; connections are announced once `resume` is called.
  init(
    _ socket: consuming ListeningSocket, isSecure: Bool, isControl: Bool, on loop: EventLoop,
    onConnection: @escaping (Listener) -> Void
  ) {
    self.socket = socket
    self.isSecure = isSecure
    self.isControl = isControl
    self.loop = loop
    self.onConnection = onConnection
  }

  /// Leaves new connections in the kernel's queue.
  func pause() {
    if let registration { loop.deregister(registration) }
    registration = nil
  }

  /// Announces connections, those that wait already included.
  func resume() throws(SystemError) {
    guard registration == nil else { return }
    registration = try loop.register(socket.number, for: .read) { [self] _ in onConnection(self) }
  }
}
