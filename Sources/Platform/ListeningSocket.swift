internal import CLinux

/// A socket that takes connections; non-blocking. A unix socket's file is removed when the value ends.
public struct ListeningSocket: ~Copyable {
  /// How much a TCP connection takes of what it cannot send yet; TCP_NOTSENT_LOWAT in tcp(7). Left to itself the
  /// kernel takes megabytes, and says that there is room again only when a third of that has gone: who reads slowly
  /// would look for minutes like who reads nothing.
  private static let unsentLimit: Int32 = 65536

  private let descriptor: Descriptor
  private let unixPath: [UInt8]?

  /// Listens at a TCP address. A port that was in use a moment ago can be taken again at once (SO_REUSEADDR);
  /// an IPv6 wildcard takes IPv6 only, so that `0.0.0.0` and `[::]` can stand side by side.
  public init(at address: SocketAddress) throws(SystemError) {
    descriptor = try ListeningSocket.open(address)
    unixPath = nil
  }

  /// Listens at a unix socket. A socket file that nobody listens at any more is replaced; one that somebody
  /// does is EADDRINUSE; a file that is no socket is left alone (EADDRINUSE as well).
  public init(unixPath path: [UInt8]) throws(SystemError) {
    guard let address = SocketAddress(unixPath: path) else {
      throw SystemError("bind", code: ENAMETOOLONG)
    }
    if ListeningSocket.isAbandoned(path, address) { _ = withPath(path) { unlink($0) } }
    descriptor = try ListeningSocket.open(address)
    unixPath = path
  }

  deinit {
    if let unixPath { _ = withPath(unixPath) { unlink($0) } }
  }

  /// What to watch for reading: ready while connections wait.
  public var number: Int32 { descriptor.number }

  /// Where the socket listens: the port that the kernel chose where 0 was asked for.
  public var address: SocketAddress {
    SocketAddress { _ = getsockname(descriptor.number, $0, $1) }
  }

  /// Takes the next waiting connection, non-blocking and closed on exec; `nil` when there is none. The caller
  /// owns it. Running out of descriptors or memory is an error that passes.
  public borrowing func accept() throws(SystemError) -> (connection: Int32, peer: SocketAddress)? {
    while true {
      var connection: Int32 = -1
      let peer = SocketAddress { connection = clinux_accept(descriptor.number, $0, $1) }
      if connection >= 0 { return (connection, peer) }
      switch clinux_errno() {
      case EAGAIN: return nil
      // A connection that ended before it was taken is not the listener's error; accept(2).
      case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH,
        EOPNOTSUPP, ENETUNREACH:
        continue
      default: throw SystemError("accept4")
      }
    }
  }

  private static func open(_ address: SocketAddress) throws(SystemError) -> Descriptor {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let number = socket(address.family, type, 0)
    guard number >= 0 else { throw SystemError("socket") }
    let descriptor = Descriptor(adopting: number)
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, size)
    if address.family == AF_INET6 {
      setsockopt(number, clinux_ipproto_ipv6(), IPV6_V6ONLY, &on, size)
    }
    if address.family != AF_UNIX {
      // Its connections inherit this.
      var limit = unsentLimit
      setsockopt(number, clinux_ipproto_tcp(), TCP_NOTSENT_LOWAT, &limit, size)
    }
    let bound = address.withSystemAddress {
      bind(number, $0.assumingMemoryBound(to: sockaddr.self), $1)
    }
    guard bound == 0 else { throw SystemError("bind") }
    guard listen(number, SOMAXCONN) == 0 else { throw SystemError("listen") }
    return descriptor
  }

  private static func isAbandoned(_ path: [UInt8], _ address: SocketAddress) -> Bool {
    var status = stat()
    guard withPath(path, { lstat($0, &status) }) == 0, clinux_is_socket(status.st_mode) else {
      return false
    }
    // Non-blocking: somebody who lives but takes no connections would have this one wait for ever.
    let probe = openSocket(family: AF_UNIX, type: Int32(SOCK_STREAM.rawValue), protocolNumber: 0)
    guard probe >= 0 else { return false }
    defer { close(probe) }
    let result = address.withSystemAddress {
      connect(probe, $0.assumingMemoryBound(to: sockaddr.self), $1)
    }
    return result != 0 && clinux_errno() == ECONNREFUSED
  }
}
