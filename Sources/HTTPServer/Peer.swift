public import Bytes
import Platform

/// Who is at the other end of a connection.
public enum Peer: Equatable {
  /// A process of this machine, through a unix socket.
  case unixSocket
  /// A process of root's or of the gateway's own user, through the control socket.
  case administrator
  /// A host on the network, or this one by way of its own addresses.
  case host(IPAddress)

  /// Whether the peer is on this machine for certain: a unix socket or a loopback address.
  public var isLocal: Bool {
    switch self {
    case .unixSocket, .administrator: true
    case .host(let address): address.isLoopback
    }
  }

  /// The address without a port, as `192.0.2.1` or `2001:db8::1`; `unix` for a unix socket, `control` for an
  /// administrator at the control socket.
  public var text: [UInt8] {
    guard case .host(let address) = self else {
      return [UInt8](self == .administrator ? "control" : "unix")
    }
    // The port is `:0`, after an address that is in brackets if it is IPv6.
    let text = SocketAddress(address.unmapped, port: 0).text.dropLast(2)
    return text.first == UInt8(ascii: "[") ? Array(text.dropFirst().dropLast()) : Array(text)
  }
}
