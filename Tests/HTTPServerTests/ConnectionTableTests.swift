import Bytes
import EventLoop
import Platform
import TestSupport
import Testing

@testable import HTTPServer

/// Who may connect.
@Suite struct ConnectionTableTests {
  private let fixture: ServerFixture
  private let daemon: Daemon

  init() throws {
    fixture = try ServerFixture { _ in }
    daemon = try #require(Daemon(server: fixture.server, on: fixture.loop, isSecure: false))
  }

  private func connection(
    _ address: String = "127.0.0.1", at milliseconds: Int = 0, isAdministrator: Bool = false
  ) -> ClientConnection {
    ClientConnection(
      descriptor: -1,
      address: SocketAddress(IPAddress(text: bytes(address).span)!, port: 1),
      isAdministrator: isAdministrator, daemon: daemon,
      at: Instant(nanoseconds: Int64(milliseconds) * 1_000_000), fixture.server.settings)
  }

  @Test func isFullAtItsLimit() {
    var table = ConnectionTable(limit: 2, limitPerAddress: 0, limitsLoopback: true)
    let connections = [connection(), connection()]
    table.insert(connections[0])
    #expect(!table.isFull)
    table.insert(connections[1])
    #expect(table.isFull)
    table.remove(connections[0])
    #expect(!table.isFull)
    #expect(table.all.map { ObjectIdentifier($0) } == [ObjectIdentifier(connections[1])])
    table.limit = 1
    #expect(table.isFull)
    end()
  }

  @Test func countsEachAddressApart() {
    var table = ConnectionTable(limit: 100, limitPerAddress: 2, limitsLoopback: true)
    let (first, second, other) = (connection(), connection(), connection("::1"))
    for connection in [first, second, other] { table.insert(connection) }
    #expect(table.isFull(for: first.peer))
    #expect(!table.isFull(for: other.peer))
    #expect(!table.isFull(for: .unixSocket))
    table.remove(second)
    #expect(!table.isFull(for: first.peer))
    table.limitPerAddress = 1
    #expect(table.isFull(for: first.peer))
    table.limitPerAddress = 0
    #expect(!table.isFull(for: first.peer))
    end()
  }

  /// A connection that is ending takes no place, however often it is told.
  @Test func doesNotCountTheLeaving() {
    var table = ConnectionTable(limit: 1, limitPerAddress: 1, limitsLoopback: true)
    let leaving = connection()
    table.insert(leaving)
    for _ in 0..<2 { table.markLeaving(leaving) }
    #expect(!table.isFull)
    #expect(!table.isFull(for: leaving.peer))
    for _ in 0..<2 { table.markStaying(leaving) }
    #expect(table.isFull)
    #expect(table.isFull(for: leaving.peer))
    table.markLeaving(leaving)
    table.remove(leaving)
    table.remove(leaving)
    table.markLeaving(leaving)
    table.insert(connection())
    #expect(table.isFull)
    end()
  }

  /// Clients and administrators do not take each other's places.
  @Test func hasPlacesForAdministrators() {
    var table = ConnectionTable(limit: 1, limitPerAddress: 0, limitsLoopback: true)
    let now = Instant(nanoseconds: 1)
    let administrators = (0..<ConnectionTable.administratorLimit).map { _ in
      connection(isAdministrator: true)
    }
    for connection in administrators {
      #expect(!table.isFull(for: .administrator))
      table.insert(connection)
    }
    #expect(table.isFull(for: .administrator))
    #expect(!table.isFull)
    #expect(table.longestIdle(since: now, of: nil) == nil)
    #expect(table.longestIdle(since: now, of: .administrator) != nil)
    table.markLeaving(administrators[0])
    #expect(!table.isFull(for: .administrator))
    table.insert(connection())
    #expect(table.isFull)
    table.remove(administrators[0])
    table.remove(administrators[1])
    #expect(table.isFull)
    end()
  }

  @Test func findsTheOneThatHasWaitedLongest() {
    var table = ConnectionTable(limit: 100, limitPerAddress: 0, limitsLoopback: true)
    let (old, older, busy) = (connection(at: 20), connection(at: 10), connection(at: 1))
    busy.phase = .answering
    for connection in [old, busy, older] { table.insert(connection) }
    let now = Instant(nanoseconds: 20_000_000)
    #expect(table.longestIdle(since: now, of: nil) === older)
    table.markLeaving(older)
    #expect(table.longestIdle(since: now, of: nil) === old)
    #expect(table.longestIdle(since: Instant(nanoseconds: 19_000_000), of: nil) == nil)
    let other = connection("::2", at: 20)
    table.insert(other)
    #expect(table.longestIdle(since: now, of: other.peer) === other)
    #expect(table.longestIdle(since: now, of: .unixSocket) == nil)
    end()
  }

  /// A proxy on this host has the connections of all its clients.
  @Test func canLeaveThisHostAlone() {
    var table = ConnectionTable(limit: 100, limitPerAddress: 1, limitsLoopback: false)
    let (own, mapped, other) = (connection(), connection("::ffff:127.0.0.2"), connection("::2"))
    for connection in [own, mapped, other] { table.insert(connection) }
    #expect(!table.isFull(for: own.peer) && !table.isFull(for: mapped.peer))
    #expect(table.isFull(for: other.peer))
    end()
  }

  private func end() {
    daemon.stop()
    fixture.close()
  }
}
