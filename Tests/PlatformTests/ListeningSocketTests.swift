import Bytes
import Foundation
import Testing
import TestSupport

@testable import Platform

@Suite struct ListeningSocketTests {
  @Test(arguments: ["127.0.0.1", "::1"])
  func getsAPortOfItsOwn(host: String) throws {
    let listener = try ListeningSocket(at: SocketAddress(ip(host), port: 0))
    let address = listener.address
    let port = try #require(address.port)
    #expect(port != 0)
    #expect(address.host == ip(host))
    let early = try listener.accept()
    #expect(early == nil)

    let client = Descriptor(adopting: try connected(to: address))
    let (connection, peer) = try waitForConnection(listener)
    let server = Descriptor(adopting: connection)
    #expect(peer.host == ip(host))
    #expect(fcntl(server.number, F_GETFL) & O_NONBLOCK != 0)
    #expect(fcntl(server.number, F_GETFD) & FD_CLOEXEC != 0)
    try client.writeAll(bytes("x").span)

    let error = #expect(throws: SystemError.self) { _ = try ListeningSocket(at: address) }
    #expect(error?.code == EADDRINUSE)
  }

  /// Lingering connections of an earlier process do not keep the port from a new one.
  @Test func takesAPortThatWasInUseAMomentAgo() throws {
    let address: SocketAddress
    let client: Descriptor
    do {
      let listener = try ListeningSocket(at: SocketAddress(.loopback, port: 0))
      address = listener.address
      client = Descriptor(adopting: try connected(to: address))
      // The server closes first: its side of the connection goes through TIME-WAIT or FIN-WAIT.
      _ = Descriptor(adopting: try waitForConnection(listener).connection)
    }
    let again = try ListeningSocket(at: address)
    #expect(again.address.port == address.port)
    _ = client.number
  }

  /// Another process may have the IPv4 port, but not each time.
  @Test func leavesIPv4ToOthers() throws {
    let isFree = try (0..<20).contains { _ in
      let everywhere = try ListeningSocket(at: SocketAddress(.v6(high: 0, low: 0), port: 0))
      let port = try #require(everywhere.address.port)
      let four = try? ListeningSocket(at: SocketAddress(.loopback, port: port))
      return four?.address.port == port
    }
    #expect(isFree)
  }

  @Test func removesItsFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("s")
    do {
      let listener = try ListeningSocket(unixPath: bytes(path), mode: 0o600)
      #expect(text(listener.address.text) == "unix")
      #expect(File.exists(bytes(path)))
      _ = Descriptor(adopting: try connected(to: #require(SocketAddress(unixPath: bytes(path)))))
    }
    #expect(!File.exists(bytes(path)))
  }

  /// Whatever the umask is: it would take bits of these away.
  @Test(arguments: [0o600, 0o660, 0o666, 0o777] as [UInt32])
  func hasThePermissionsThatItIsGiven(mode: UInt32) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("s")
    let listener = try ListeningSocket(unixPath: bytes(path), mode: mode)
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(UInt32(status.st_mode) & 0o777 == mode)
    #expect(listener.number >= 0)
  }

  @Test func replacesASocketFileThatNobodyListensAt() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("s")
    // The file of a process that was killed.
    close(try listening(at: path, backlog: 1))
    #expect(File.exists(bytes(path)))
    let listener = try ListeningSocket(unixPath: bytes(path), mode: 0o600)
    _ = Descriptor(adopting: try connected(to: #require(SocketAddress(unixPath: bytes(path)))))
    #expect(listener.number >= 0)
  }

  /// Also if its backlog is full, so that connecting to it would wait.
  @Test(arguments: [false, true]) func leavesALiveSocketAlone(isFull: Bool) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("s")
    let live = Descriptor(adopting: try listening(at: path, backlog: 0))
    let first = Descriptor(
      adopting: isFull ? try connected(to: #require(SocketAddress(unixPath: bytes(path)))) : -1)
    let error = #expect(throws: SystemError.self) {
      _ = try ListeningSocket(unixPath: bytes(path), mode: 0o600)
    }
    #expect(error?.code == EADDRINUSE)
    #expect(File.exists(bytes(path)))
    _ = (live.number, first.number)
  }

  @Test func leavesARegularFileAlone() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes("precious"), to: "s")
    let error = #expect(throws: SystemError.self) {
      _ = try ListeningSocket(unixPath: bytes(path), mode: 0o600)
    }
    #expect(error?.code == EADDRINUSE)
    #expect(try File.read(bytes(path), limit: 100) == bytes("precious"))
  }

  @Test func refusesAPathThatIsTooLong() {
    let error = #expect(throws: SystemError.self) {
      _ = try ListeningSocket(
        unixPath: bytes("/tmp/" + String(repeating: "p", count: 200)), mode: 0o600)
    }
    #expect(error?.code == ENAMETOOLONG)
  }
}
