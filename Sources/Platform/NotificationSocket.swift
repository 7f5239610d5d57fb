internal import CLinux

/// Tells the service manager how the service is, by the protocol of sd_notify(3): datagrams of `NAME=value` lines.
public struct NotificationSocket: ~Copyable {
  private let descriptor: Descriptor
  private let address: SocketAddress

  /// A socket to the service manager, whose own is at `path`: the value of `NOTIFY_SOCKET`, a path or `@` with an abstract
  /// name. `nil` if that is neither, or there is no descriptor left.
  public init?(to path: [UInt8]) {
    guard let address = SocketAddress(unixPathOrName: path) else { return nil }
    let number = openSocket(family: AF_UNIX, type: Int32(SOCK_DGRAM.rawValue), protocolNumber: 0)
    guard number >= 0 else { return nil }
    descriptor = Descriptor(adopting: number)
    self.address = address
  }

  /// Sends a notification without waiting. Returns whether the service manager's socket has taken it.
  public borrowing func send(_ text: [UInt8]) -> Bool {
    let number = descriptor.number
    let sent = address.withSystemAddress { address, size in
      sendto(
        number, text, text.count, Int32(MSG_NOSIGNAL),
        address.assumingMemoryBound(to: sockaddr.self), size)
    }
    return sent == text.count
  }
}
