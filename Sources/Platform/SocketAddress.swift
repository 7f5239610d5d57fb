internal import CLinux

/// Where a socket listens, or who is at its other end: an IPv4 or IPv6 address and port, or a unix socket.
public struct SocketAddress {
  private var storage: sockaddr_storage
  private var length: socklen_t

  /// A numeric IPv4 or IPv6 host (without brackets) and a port; `nil` where the host is neither.
  public init?(host: [UInt8], port: UInt16) {
    storage = sockaddr_storage()
    var four = sockaddr_in()
    var six = sockaddr_in6()
    guard !host.contains(0) else { return nil }
    if withPath(host, { inet_pton(AF_INET, $0, &four.sin_addr) }) == 1 {
      four.sin_family = sa_family_t(AF_INET)
      four.sin_port = port.bigEndian
      length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: four, as: sockaddr_in.self) }
    } else if withPath(host, { inet_pton(AF_INET6, $0, &six.sin6_addr) }) == 1 {
      six.sin6_family = sa_family_t(AF_INET6)
      six.sin6_port = port.bigEndian
      length = socklen_t(MemoryLayout<sockaddr_in6>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: six, as: sockaddr_in6.self) }
    } else {
      return nil
    }
  }

  /// A unix socket by its path; `nil` where the path is empty, has a NUL, or is longer than unix(7) allows
  /// (107 bytes).
  public init?(unixPath path: [UInt8]) {
    storage = sockaddr_storage()
    var unix = sockaddr_un()
    let room = MemoryLayout.size(ofValue: unix.sun_path)
    guard !path.isEmpty, path.count < room, !path.contains(0) else { return nil }
    unix.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &unix.sun_path) { $0.copyBytes(from: path) }
    length = socklen_t(MemoryLayout<sockaddr_un>.size)
    withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: unix, as: sockaddr_un.self) }
  }

  /// An address that `fill` writes, given room and its size, as accept(2) and getsockname(2) do.
  init(filledBy fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Void) {
    storage = sockaddr_storage()
    length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    withUnsafeMutablePointer(to: &storage) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { fill($0, &length) }
    }
  }

  /// Lends the address in the form that system calls take.
  public func withSystemAddress<Result>(_ body: (UnsafeRawPointer, UInt32) -> Result) -> Result {
    withUnsafePointer(to: storage) { body(UnsafeRawPointer($0), UInt32(length)) }
  }

  /// The address family as socket(2) takes it.
  var family: Int32 { Int32(storage.ss_family) }

  /// Whether this is a unix socket.
  public var isUnix: Bool { family == AF_UNIX }

  /// The port, for IPv4 and IPv6.
  public var port: UInt16? {
    withUnsafeBytes(of: storage) { raw in
      switch family {
      case AF_INET: UInt16(bigEndian: raw.load(as: sockaddr_in.self).sin_port)
      case AF_INET6: UInt16(bigEndian: raw.load(as: sockaddr_in6.self).sin6_port)
      default: nil
      }
    }
  }

  /// The address without its port as 16 bytes, IPv4 in its mapped form `::ffff:a.b.c.d`; `nil` for a unix
  /// socket.
  public var host: IPAddress? {
    withUnsafeBytes(of: storage) { raw in
      switch family {
      case AF_INET:
        IPAddress(mapping: UInt32(bigEndian: raw.load(as: sockaddr_in.self).sin_addr.s_addr))
      case AF_INET6:
        IPAddress(raw.load(as: sockaddr_in6.self).sin6_addr.words)
      default:
        nil
      }
    }
  }
}

extension in6_addr {
  /// The sixteen bytes as two numbers, in the order of the network.
  fileprivate var words: (UInt64, UInt64) {
    withUnsafeBytes(of: self) {
      (
        UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }
}
