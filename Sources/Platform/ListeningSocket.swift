internal import CLinux

/// A non-blocking socket that accepts connections. The value removes its unix socket file at its
/// end.
public struct ListeningSocket: ~Copyable {
  /// How many unsent bytes the kernel takes for a TCP connection; TCP_NOTSENT_LOWAT in tcp(7).
  ///
  /// By default the kernel takes megabytes, and reports room only after a third of that is sent. A
  /// slow reader would then look, for minutes, like a reader that has stopped.
  private static let unsentLimit: Int32 = 65536

  private let descriptor: Descriptor
  private let unixPath: [UInt8]?
  /// Whether no interface has the address yet. Connections come once one has it.
  public let isAddressMissing: Bool
  /// Whether the service manager may keep the socket over a restart: a TCP socket that it has not opened itself.
  public let mayBeKept: Bool

  /// Listens at a TCP address; bind(2), listen(2).
  ///
  /// SO_REUSEADDR lets a restarted process use its port at once. An IPv6 wildcard accepts only
  /// IPv6, so that `0.0.0.0` and `[::]` can be used together. An address that no interface has, because the
  /// network is not up yet, is listened at all the same; IP_FREEBIND in ip(7).
  public init(at address: SocketAddress) throws(SystemError) {
    do throws(SystemError) {
      descriptor = try ListeningSocket.open(address)
      isAddressMissing = false
    } catch {
      guard error.code == EADDRNOTAVAIL else { throw error }
      descriptor = try ListeningSocket.open(address, isFree: true)
      isAddressMissing = true
    }
    unixPath = nil
    mayBeKept = true
  }

  /// Listens at a unix socket with these permissions, and replaces a socket file that no process listens at.
  ///
  /// The permissions hold whatever the process's umask is, and before the first connection is possible.
  /// Throws EADDRINUSE if a process listens there, or if the file is not a socket; ENAMETOOLONG if
  /// the path does not fit; unix(7).
  public init(unixPath path: [UInt8], mode: UInt32) throws(SystemError) {
    guard let address = SocketAddress(unixPath: path) else {
      throw SystemError("bind", code: ENAMETOOLONG)
    }
    if ListeningSocket.isAbandoned(path, address) { _ = withPath(path) { unlink($0) } }
    descriptor = try ListeningSocket.open(address, path, mode)
    unixPath = path
    isAddressMissing = false
    mayBeKept = false
  }

  /// Continues with a socket at this address that the service manager passes on, and whose file it keeps; `nil` without
  /// such a socket.
  public init?(at address: SocketAddress, from inherited: InheritedSockets) {
    guard let (number, isKept) = inherited.take(at: address) else { return nil }
    clinux_prepare_inherited(number)
    if address.family != AF_UNIX { ListeningSocket.limitUnsent(number) }
    descriptor = Descriptor(adopting: number)
    unixPath = nil
    isAddressMissing = false
    mayBeKept = isKept
  }

  deinit {
    if let unixPath { _ = withPath(unixPath) { unlink($0) } }
  }

  /// The descriptor to watch for reading: ready while connections wait.
  public var number: Int32 { descriptor.number }

  /// The address of the socket, with the port that the kernel chose for port 0; getsockname(2).
  public var address: SocketAddress {
    SocketAddress { _ = getsockname(descriptor.number, $0, $1) }
  }

  /// Accepts the next waiting connection; `nil` if none waits. accept(2).
  ///
  /// The connection does not block, is closed on exec, and belongs to the caller. Throws if
  /// descriptors or memory run out, which is temporary.
  public borrowing func accept() throws(SystemError) -> (connection: Int32, peer: SocketAddress)? {
    while true {
      var connection: Int32 = -1
      let peer = SocketAddress { connection = clinux_accept(descriptor.number, $0, $1) }
      if connection >= 0 { return (connection, peer) }
      switch clinux_errno() {
      case EAGAIN: return nil
      // A connection that ended before it was accepted is not an error of the listener; accept(2).
      case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH,
        EOPNOTSUPP, ENETUNREACH:
        continue
      default: throw SystemError("accept4")
      }
    }
  }

  private static func open(
    _ address: SocketAddress, _ unixPath: [UInt8]? = nil, _ mode: UInt32 = 0, isFree: Bool = false
  ) throws(SystemError) -> Descriptor {
    let type = Int32(CLINUX_STREAM | CLINUX_PREPARED)
    let number = socket(address.family, type, 0)
    guard number >= 0 else { throw SystemError("socket") }
    let descriptor = Descriptor(adopting: number)
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, size)
    if address.family == AF_INET6 {
      setsockopt(number, clinux_ipproto_ipv6(), IPV6_V6ONLY, &on, size)
    }
    if isFree { clinux_bind_freely(number, address.family) }
    if address.family != AF_UNIX { limitUnsent(number) }
    let bound = address.withSystemAddress {
      bind(number, $0.assumingMemoryBound(to: sockaddr.self), $1)
    }
    guard bound == 0 else { throw SystemError("bind") }
    // Until listen(2) the kernel refuses connections, so that none uses the permissions that umask left.
    if let unixPath, withPath(unixPath, { chmod($0, mode) }) != 0 {
      let error = SystemError("chmod")
      _ = withPath(unixPath) { unlink($0) }
      throw error
    }
    guard listen(number, SOMAXCONN) == 0 else { throw SystemError("listen") }
    return descriptor
  }

  /// Accepted connections inherit this option.
  private static func limitUnsent(_ number: Int32) {
    var limit = unsentLimit
    setsockopt(
      number, clinux_ipproto_tcp(), TCP_NOTSENT_LOWAT, &limit,
      socklen_t(MemoryLayout<Int32>.size))
  }

  private static func isAbandoned(_ path: [UInt8], _ address: SocketAddress) -> Bool {
    var status = stat()
    guard withPath(path, { lstat($0, &status) }) == 0, clinux_is_socket(status.st_mode) else {
      return false
    }
    return probe(address)?.code == ECONNREFUSED
  }

  /// Why no process can be reached at a unix socket; `nil` if one can. connect(2).
  public static func fault(ofUnixPath path: [UInt8]) -> SystemError? {
    guard let address = SocketAddress(unixPath: path) else {
      return SystemError("connect", code: ENAMETOOLONG)
    }
    return probe(address)
  }

  /// Connects, and closes the connection at once.
  private static func probe(_ address: SocketAddress) -> SystemError? {
    // Non-blocking, because a process that listens but accepts nothing would make connect(2) wait.
    let probe = openSocket(family: AF_UNIX, type: Int32(CLINUX_STREAM), protocolNumber: 0)
    guard probe >= 0 else { return SystemError("socket") }
    defer { close(probe) }
    let result = address.withSystemAddress {
      connect(probe, $0.assumingMemoryBound(to: sockaddr.self), $1)
    }
    return result == 0 || clinux_errno() == EAGAIN ? nil : SystemError("connect")
  }
}
