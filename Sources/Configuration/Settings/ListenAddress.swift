public import Bytes

/// Where the server accepts connections.
public enum ListenAddress: Equatable, Sendable {
  /// A TCP port of an address of this host. Port 0 is any free port.
  case ip(IPAddress, port: UInt16)
  /// A Unix socket at an absolute path of at most 107 bytes.
  case unix(path: [UInt8])

  /// Of `sun_path`, without its NUL; unix(7).
  static let longestPath = 107

  /// Whether only programs on this host can connect.
  public var isLocal: Bool {
    switch self {
    case .ip(let address, port: _): address.isLoopback
    case .unix: true
    }
  }

  /// Reads addresses separated by commas: 1 to 16, none twice.
  static func list(_ value: WrittenValue) throws(InvalidValue) -> [ListenAddress] {
    var addresses: [ListenAddress] = []
    for item in try value.items() {
      let text = item.bytes.span
      if text.hasPrefix("unix:"), text.count > 5 + longestPath {
        throw InvalidValue(
          "the path of the Unix socket is too long; the maximum is \(longestPath) bytes")
      }
      guard let address = ListenAddress(text: text) else {
        throw InvalidValue(
          """
          \(item.quoted) is not an address to listen on; write one such as 127.0.0.1:8080, [::1]:8080 or \
          unix:/path
          """)
      }
      if addresses.contains(address) {
        throw InvalidValue("\(item.quoted) is given twice; remove one")
      }
      guard addresses.count < 16 else { throw InvalidValue("there are more than 16 addresses") }
      addresses.append(address)
    }
    return addresses
  }

  /// Reads `127.0.0.1:8080`, `localhost:8080` (which is the same), `[::1]:8080` or `unix:/path`.
  init?(text: Span<UInt8>) {
    if text.hasPrefix("unix:") {
      let path = text.extracting(5..<text.count)
      guard path.hasPrefix("/"), path.count <= ListenAddress.longestPath else { return nil }
      self = .unix(path: path.copied)
      return
    }
    guard let authority = try? Authority(text), let port = authority.port else { return nil }
    if let address = authority.address {
      self = .ip(address, port: port)
    } else if text.extracting(authority.host).equalsIgnoringCase("localhost") {
      self = .ip(.loopback, port: port)
    } else {
      return nil
    }
  }
}
