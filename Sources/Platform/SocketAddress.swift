public import Bytes
internal import CLinux

/// The address of a socket or of its peer: IPv4 or IPv6 with a port, or a unix socket.
public struct SocketAddress {
  private var storage: sockaddr_storage
  private var length: socklen_t

  /// An IP address and a port.
  public init(_ address: IPAddress, port: UInt16) {
    storage = sockaddr_storage()
    switch address {
    case .v4(let number):
      var four = sockaddr_in()
      four.sin_family = sa_family_t(AF_INET)
      four.sin_port = port.bigEndian
      four.sin_addr.s_addr = number.bigEndian
      length = socklen_t(MemoryLayout<sockaddr_in>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: four, as: sockaddr_in.self) }
    case .v6(let high, let low):
      var six = sockaddr_in6()
      six.sin6_family = sa_family_t(AF_INET6)
      six.sin6_port = port.bigEndian
      withUnsafeMutableBytes(of: &six.sin6_addr) {
        $0.storeBytes(of: high.bigEndian, as: UInt64.self)
        $0.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
      }
      length = socklen_t(MemoryLayout<sockaddr_in6>.size)
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: six, as: sockaddr_in6.self) }
    }
  }

  /// A unix socket by its path.
  ///
  /// `nil` if the path is empty, has a NUL, or has more than the 107 bytes that unix(7) allows.
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

  /// A unix socket by its path, or by an abstract name after `@`; unix(7).
  ///
  /// `nil` if it begins with anything but `/` or `@`, or is too long.
  init?(unixPathOrName text: [UInt8]) {
    guard text.count > 1, text[0] == UInt8(ascii: "@") else {
      guard text.first == UInt8(ascii: "/") else { return nil }
      self.init(unixPath: text)
      return
    }
    // With a letter for the NUL that begins an abstract name, which has no NUL at its end.
    self.init(unixPath: text)
    withUnsafeMutableBytes(of: &storage) { $0[MemoryLayout<sa_family_t>.size] = 0 }
    length = socklen_t(MemoryLayout<sa_family_t>.size + text.count)
  }

  /// The address that `fill` writes, given a buffer and its size, like accept(2) and
  /// getsockname(2).
  init(filledBy fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Void) {
    storage = sockaddr_storage()
    length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    withUnsafeMutablePointer(to: &storage) { storage in
      storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { fill($0, &length) }
    }
  }

  /// A copy of a `sockaddr` of `count` bytes; of a longer one, the beginning.
  public init(copying address: UnsafeRawPointer, count: Int) {
    storage = sockaddr_storage()
    let size = min(max(count, 0), MemoryLayout<sockaddr_storage>.size)
    length = socklen_t(size)
    withUnsafeMutableBytes(of: &storage) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: size))
    }
  }

  /// Lends the address as system calls take it: a `sockaddr` and its size in bytes.
  public func withSystemAddress<Result>(_ body: (UnsafeRawPointer, UInt32) -> Result) -> Result {
    withUnsafePointer(to: storage) { body(UnsafeRawPointer($0), UInt32(length)) }
  }

  /// The address family; socket(2).
  var family: Int32 { Int32(storage.ss_family) }

  /// The port; `nil` for a unix socket.
  public var port: UInt16? {
    withUnsafeBytes(of: storage) { raw in
      switch family {
      case AF_INET: UInt16(bigEndian: raw.load(as: sockaddr_in.self).sin_port)
      case AF_INET6: UInt16(bigEndian: raw.load(as: sockaddr_in6.self).sin6_port)
      default: nil
      }
    }
  }

  /// The path of a unix socket; `nil` for another address, and for a socket without one.
  var unixPath: [UInt8]? {
    guard family == AF_UNIX else { return nil }
    let path = withUnsafeBytes(of: storage) { raw in
      Array(raw[MemoryLayout<sa_family_t>.size..<Int(length)].prefix { $0 != 0 })
    }
    return path.isEmpty ? nil : path
  }

  /// Whether both are the same address and port, or the same path.
  func isSame(as other: SocketAddress) -> Bool {
    guard family == other.family else { return false }
    if let unixPath { return unixPath == other.unixPath }
    return port == other.port && text == other.text
  }

  /// The IP address; `nil` for a unix socket.
  public var host: IPAddress? {
    withUnsafeBytes(of: storage) { raw in
      switch family {
      case AF_INET:
        .v4(UInt32(bigEndian: raw.load(as: sockaddr_in.self).sin_addr.s_addr))
      case AF_INET6:
        withUnsafeBytes(of: raw.load(as: sockaddr_in6.self).sin6_addr) {
          .v6(
            high: UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
      default:
        nil
      }
    }
  }

  /// The address as the configuration has it, `127.0.0.1:8080` or `[::1]:8080`; `unix` for a unix
  /// socket.
  public var text: [UInt8] {
    guard let port else { return [UInt8]("unix") }
    let host = withUnsafeBytes(of: storage) { raw in
      family == AF_INET
        ? hostText(raw.load(as: sockaddr_in.self).sin_addr)
        : hostText(raw.load(as: sockaddr_in6.self).sin6_addr)
    }
    var text: [UInt8] = []
    if family == AF_INET6 { text.append("[") }
    text.append(contentsOf: host)
    text.append(family == AF_INET6 ? "]:" : ":")
    text.append(decimal: Int(port))
    return text
  }

  /// The text of an `in_addr` or `in6_addr`; inet_ntop(3).
  private func hostText<Address>(_ address: Address) -> [UInt8] {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
      let start = buffer.baseAddress!
      _ = withUnsafeBytes(of: address) {
        inet_ntop(family, $0.baseAddress, start, socklen_t(buffer.count))
      }
      return Array(UnsafeRawBufferPointer(start: start, count: strlen(start)))
    }
  }
}
