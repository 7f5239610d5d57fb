import Bytes
internal import CLinux

/// Listening sockets that the service manager has opened; sd_listen_fds(3).
public final class InheritedSockets {
  private var numbers: [Int32]

  /// The first descriptor that a service manager passes on.
  private static let first: Int32 = 3

  /// Sockets with these descriptors, which now belong to this object.
  public init(adopting numbers: [Int32]) {
    self.numbers = numbers
  }

  deinit {
    for number in numbers { closeConnection(number) }
  }

  /// Those that `LISTEN_PID` and `LISTEN_FDS` name, if they are meant for this process.
  public static func fromEnvironment() -> InheritedSockets {
    let values = ["LISTEN_PID", "LISTEN_FDS"].map { (name: StaticString) in
      Environment.variable(name.span.copied).flatMap { Int(decimal: $0.span) }
    }
    guard let process = values[0], process == Int(getpid()), let count = values[1], count > 0,
      count < 1024
    else { return InheritedSockets(adopting: []) }
    return InheritedSockets(adopting: (0..<Int32(count)).map { first + $0 })
  }

  /// How many were not taken.
  public var count: Int { numbers.count }

  /// Takes the descriptor of the socket that listens at an address; `nil` without such a socket. It belongs to the caller
  /// from now on.
  func take(at address: SocketAddress) -> Int32? {
    let index = numbers.firstIndex { number in
      isListening(number)
        && SocketAddress { _ = getsockname(number, $0, $1) }.isSame(as: address)
    }
    return index.map { numbers.remove(at: $0) }
  }

  private func isListening(_ number: Int32) -> Bool {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value == 1
  }
}
