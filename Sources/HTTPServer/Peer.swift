public import Bytes

/// Who is at the other end of a connection.
public enum Peer: Equatable {
  /// A process of this machine, through a unix socket.
  case unixSocket
  /// A host on the network, or this one by way of its own addresses.
  case host(IPAddress)

  /// Whether the peer is on this machine for certain: a unix socket or a loopback address.
  public var isLocal: Bool {
    switch self {
    case .unixSocket: true
    case .host(let address): address.isLoopback
    }
  }
}
