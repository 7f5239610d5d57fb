import Bytes
import Platform

/// The connections that are open, and whether another may be.
struct ConnectionTable {
  /// In no order; each knows its place.
  private(set) var all: [ClientConnection] = []
  private var countByAddress: [IPAddress: Int] = [:]
  /// Those that are over and still being cleaned up do not count.
  private var leaving = 0
  /// Those of administrators, which have places of their own.
  private var administrators = 0
  var limit: Int
  var limitPerAddress: Int
  /// Whether that holds for this host's own addresses: a proxy on it has the connections of all its clients.
  var limitsLoopback: Bool

  init(limit: Int, limitPerAddress: Int, limitsLoopback: Bool) {
    self.limit = limit
    self.limitPerAddress = limitPerAddress
    self.limitsLoopback = limitsLoopback
  }

  /// How many places administrators have.
  static let administratorLimit = 16

  /// Whether all places of clients are taken.
  var isFull: Bool { all.count - leaving - administrators >= limit }

  /// Whether this peer has as many connections as one address, or all administrators together, may have.
  func isFull(for peer: Peer) -> Bool {
    if peer == .administrator { return administrators >= ConnectionTable.administratorLimit }
    guard case .host(let address) = peer, limitPerAddress > 0,
      limitsLoopback || !address.isLoopback
    else { return false }
    return countByAddress[address, default: 0] >= limitPerAddress
  }

  /// The connection that has waited longest for a request, of those that have since `limit`, and of those of `peer`; if
  /// that is `nil`, of all but administrators'. O(n).
  func longestIdle(since limit: Instant, of peer: Peer?) -> ClientConnection? {
    var longest: ClientConnection?
    for connection in all where connection.isIdle && connection.phaseStart <= limit {
      if peer.map({ $0 != connection.peer }) ?? (connection.peer == .administrator) { continue }
      if let other = longest, other.phaseStart <= connection.phaseStart { continue }
      longest = connection
    }
    return longest
  }

  mutating func insert(_ connection: ClientConnection) {
    connection.place = all.count
    all.append(connection)
    count(connection.peer)
  }

  /// Marks a connection that was told to end, or whose client has left.
  mutating func markLeaving(_ connection: ClientConnection) {
    guard !connection.isLeaving, connection.place != nil else { return }
    connection.isLeaving = true
    leaving += 1
    uncount(connection.peer)
  }

  /// Takes that back.
  mutating func markStaying(_ connection: ClientConnection) {
    guard connection.isLeaving, connection.place != nil else { return }
    connection.isLeaving = false
    leaving -= 1
    count(connection.peer)
  }

  mutating func remove(_ connection: ClientConnection) {
    guard let place = connection.place else { return }
    connection.place = nil
    let last = all.removeLast()
    if last !== connection {
      all[place] = last
      last.place = place
    }
    if connection.isLeaving { leaving -= 1 } else { uncount(connection.peer) }
  }

  private mutating func count(_ peer: Peer) {
    if peer == .administrator { administrators += 1 }
    if case .host(let address) = peer { countByAddress[address, default: 0] += 1 }
  }

  private mutating func uncount(_ peer: Peer) {
    if peer == .administrator { administrators -= 1 }
    guard case .host(let address) = peer else { return }
    let count = countByAddress[address, default: 1] - 1
    countByAddress[address] = count > 0 ? count : nil
  }
}
