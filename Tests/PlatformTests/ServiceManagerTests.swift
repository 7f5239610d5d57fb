import Foundation
import Testing
import TestSupport

@testable import Platform

@Suite struct ServiceManagerTests {
  /// A datagram socket at an address, as the service manager has one.
  private func receiver(at address: SocketAddress) -> Descriptor {
    let number = openSocket(family: AF_UNIX, type: Int32(SOCK_DGRAM.rawValue), protocolNumber: 0)
    let result = address.withSystemAddress {
      bind(number, $0.assumingMemoryBound(to: sockaddr.self), $1)
    }
    precondition(result == 0)
    return Descriptor(adopting: number)
  }

  @Test(arguments: [true, false])
  func notifies(isAbstract: Bool) throws {
    let name = "postern-test-\(UUID().uuidString)"
    let place = isAbstract ? "@\(name)" : "/tmp/\(name)"
    defer { if !isAbstract { unlink(place) } }
    let manager = receiver(at: try #require(SocketAddress(unixPathOrName: bytes(place))))
    guard let socket = NotificationSocket(to: bytes(place)) else {
      Issue.record("no socket")
      return
    }
    let sent = [socket.send(bytes("READY=1")), socket.send(bytes("STATUS=well"))]
    #expect(sent == [true, true])
    var received: [String] = []
    for _ in 0..<2 {
      var buffer = [UInt8](repeating: 0, count: 100)
      let count = try buffer.withUnsafeMutableBytes { try manager.read(into: $0) }
      received.append(text(Array(buffer[..<count])))
    }
    #expect(received == ["READY=1", "STATUS=well"])
  }

  /// A service manager that is gone, or reads nothing, does not stop the service.
  @Test func aManagerThatDoesNotListenIsNoError() throws {
    guard let socket = NotificationSocket(to: bytes("/nonexistent/socket")) else {
      Issue.record("no socket")
      return
    }
    let isSent = socket.send(bytes("READY=1"))
    #expect(!isSent)
    let place = "@postern-test-\(UUID().uuidString)"
    let manager = receiver(at: try #require(SocketAddress(unixPathOrName: bytes(place))))
    guard let full = NotificationSocket(to: bytes(place)) else {
      Issue.record("no socket")
      return
    }
    var count = 0
    while count < 100_000, full.send(bytes("WATCHDOG=1")) { count += 1 }
    #expect(count < 100_000)
    _ = consume manager
  }

  /// Each socket of the service manager is found by its address, whatever its place among them.
  @Test func continuesWithInheritedSockets() throws {
    let path = "/tmp/postern-test-\(UUID().uuidString)"
    defer { unlink(path) }
    let unixAddress = try #require(SocketAddress(unixPath: bytes(path)))
    let first = try ListeningSocket(at: SocketAddress(.loopback, port: 0))
    let second = try ListeningSocket(unixPath: bytes(path), mode: 0o600)
    let datagram = openSocket(family: AF_UNIX, type: Int32(SOCK_DGRAM.rawValue), protocolNumber: 0)
    let inherited = InheritedSockets(
      adopting: [datagram, dup(first.number), dup(second.number)])
    do {
      guard let continued = ListeningSocket(at: unixAddress, from: inherited) else {
        Issue.record("no socket")
        return
      }
      #expect(fcntl(continued.number, F_GETFD) & FD_CLOEXEC != 0)
      #expect(inherited.count == 2)
    }
    #expect(access(path, F_OK) == 0, "the file is the service manager's")
    let address = first.address
    guard let continued = ListeningSocket(at: address, from: inherited) else {
      Issue.record("no socket")
      return
    }
    let client = Descriptor(adopting: try connected(to: address))
    let (connection, _) = try waitForConnection(continued)
    closeConnection(connection)
    _ = consume client
    if ListeningSocket(at: address, from: inherited) != nil { Issue.record("it is taken twice") }
    #expect(inherited.count == 1)
  }

  /// Sockets that an earlier process had kept are told by their name, and are not missed if they are not used.
  @Test func knowsWhatAnEarlierProcessHadKept() throws {
    let names: [(text: String, kept: Int)] = [
      ("listener:postern.socket", 1), ("listener:listener", 2), ("listener", 1), ("", 0),
      ("stored:listeners", 0),
    ]
    for (text, kept) in names {
      let first = try ListeningSocket(at: SocketAddress(.loopback, port: 0))
      let second = try ListeningSocket(at: SocketAddress(.loopback, port: 0))
      let inherited = InheritedSockets(
        adopting: [dup(first.number), dup(second.number)], names: bytes(text))
      #expect(inherited.count == 2 - kept, "\(text)")
      guard let continued = ListeningSocket(at: first.address, from: inherited) else {
        Issue.record("no socket")
        return
      }
      #expect(continued.mayBeKept == text.hasPrefix("listener"), "\(text)")
    }
  }
}
