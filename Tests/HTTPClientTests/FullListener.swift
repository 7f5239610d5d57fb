import Foundation

/// A listening socket on loopback whose backlog is full, so that connecting to it hangs.
final class FullListener {
  let port: UInt16
  private var sockets: [Int32] = []

  init() {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        let result =
          bind(listener, $0, size) + listen(listener, 0) + getsockname(listener, $0, &size)
        precondition(result == 0)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    sockets.append(listener)
    for _ in 0..<8 {
      let client = socket(
        AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
      _ = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, size) }
      }
      sockets.append(client)
    }
  }

  deinit {
    for number in sockets { close(number) }
  }
}
