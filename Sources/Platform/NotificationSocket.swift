import Bytes
internal import CLinux

/// Tells the service manager how the service is, by the protocol of sd_notify(3): datagrams of `NAME=value` lines.
public struct NotificationSocket: ~Copyable {
  private let descriptor: Descriptor
  private let address: SocketAddress

  /// A socket to the service manager, whose own is at `path`: the value of `NOTIFY_SOCKET`, a path or `@` with an abstract
  /// name. `nil` if that is neither, or there is no descriptor left.
  public init?(to path: [UInt8]) {
    guard let address = SocketAddress(unixPathOrName: path) else { return nil }
    let number = openSocket(family: AF_UNIX, type: Int32(CLINUX_DATAGRAM), protocolNumber: 0)
    guard number >= 0 else { return nil }
    descriptor = Descriptor(adopting: number)
    self.address = address
  }

  /// The name of the listening sockets that the service manager keeps; `FDNAME` in sd_notify(3).
  static let keptName: StaticString = "listener"

  /// Sends a notification without waiting, and with it a descriptor, unless that is -1. Returns whether the service
  /// manager's socket has taken it.
  public borrowing func send(_ text: [UInt8], with passed: Int32 = -1) -> Bool {
    let number = descriptor.number
    return address.withSystemAddress { address, size in
      clinux_send_with_descriptor(number, address, size, text, text.count, passed)
    }
  }

  /// Has the service manager keep these listening sockets, and no others, for the next process of this service.
  /// Connections wait there while no process listens.
  public borrowing func keep(_ listeners: [Int32]) {
    let name = "\nFDNAME=\(NotificationSocket.keptName)" as Text
    // First the sockets of an earlier process: the addresses may be others now.
    _ = send([UInt8]("FDSTOREREMOVE=1") + name.bytes)
    for listener in listeners { _ = send([UInt8]("FDSTORE=1") + name.bytes, with: listener) }
  }
}
