import Testing
import TestSupport

@testable import Platform

@Suite struct SocketAddressTests {
  @Test(
    arguments: [
      ("127.0.0.1", 8080, "127.0.0.1:8080"), ("0.0.0.0", 0, "0.0.0.0:0"),
      ("255.254.1.2", 65535, "255.254.1.2:65535"), ("::1", 80, "[::1]:80"), ("::", 1, "[::]:1"),
      ("2001:db8:1:2:3:4:5:6", 443, "[2001:db8:1:2:3:4:5:6]:443"),
      ("fe80:0:0:0:0:0:0:1", 9, "[fe80::1]:9"), ("::ffff:1.2.3.4", 7, "[::ffff:1.2.3.4]:7"),
    ] as [(String, UInt16, String)])
  func keepsHostAndPort(host: String, port: UInt16, written: String) {
    let address = SocketAddress(ip(host), port: port)
    #expect(text(address.text) == written)
    #expect(address.host == ip(host))
    #expect(address.port == port)
  }

  /// sun_path has 108 bytes, the last of them NUL; unix(7).
  @Test(arguments: [
    ("/run/x.sock", true), ("x", true), (String(repeating: "p", count: 107), true),
    (String(repeating: "p", count: 108), false), (String(repeating: "p", count: 5000), false),
    ("", false), ("a\0b", false), ("\0abstract", false),
  ])
  func takesUnixPathsThatFit(path: String, fits: Bool) {
    let address = SocketAddress(unixPath: bytes(path))
    #expect((address != nil) == fits)
    guard let address else { return }
    #expect(address.port == nil)
    #expect(address.host == nil)
    #expect(text(address.text) == "unix")
  }

  /// What NOTIFY_SOCKET has: sd_notify(3).
  @Test(arguments: [
    ("/run/x.sock", "/run/x.sock"), ("@abstract", nil), ("x", ""), ("", ""), ("@", ""), ("/", "/"),
    ("vsock:2:1", ""), ("@" + String(repeating: "n", count: 107), ""),
  ])
  func takesUnixPathsAndNames(written: String, path: String?) {
    let address = SocketAddress(unixPathOrName: bytes(written))
    #expect((address == nil) == (path == ""))
    if let address { #expect(address.unixPath.map { text($0) } == path) }
  }

  @Test func tellsAddressesApart() throws {
    let addresses = [
      SocketAddress(ip("127.0.0.1"), port: 1), SocketAddress(ip("127.0.0.1"), port: 2),
      SocketAddress(ip("127.0.0.2"), port: 1), SocketAddress(ip("::1"), port: 1),
      try #require(SocketAddress(unixPath: bytes("/a"))),
      try #require(SocketAddress(unixPath: bytes("/ab"))),
    ]
    for (place, one) in addresses.enumerated() {
      for (other, another) in addresses.enumerated() {
        #expect(one.isSame(as: another) == (place == other))
      }
    }
  }
}
