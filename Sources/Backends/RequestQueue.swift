/// The places for requests at one backend. A request without a place waits, in order of arrival.
///
/// There are `limit` places, and none while the model is loading. Nothing is called back from within `leave` or
/// `withdraw`: the owner calls `admitWaiting` later, so that a long queue makes no deep stack.
package final class RequestQueue {
  /// A request that waits.
  package final class Ticket {
    fileprivate let number: UInt64
    fileprivate var onTurn: (() -> Void)?

    fileprivate init(_ number: UInt64, _ onTurn: @escaping () -> Void) {
      self.number = number
      self.onTurn = onTurn
    }
  }

  /// The number of places; 0 for no limit.
  package var limit: Int
  /// Whether the backend is loading its model: then only `admitFirst` gives a place.
  package var isLoading = false
  /// The requests that hold a place.
  package private(set) var inFlight = 0
  /// Those that wait, the oldest first.
  private var waiting: [Ticket] = []
  private var lastNumber: UInt64 = 0

  package init(limit: Int) {
    self.limit = limit
  }

  /// The number of requests that wait.
  package var waitingCount: Int { waiting.count }

  private var hasRoom: Bool { limit == 0 || inFlight < limit }

  /// Whether `admitWaiting` would give a place.
  package var canAdmit: Bool { !waiting.isEmpty && !isLoading && hasRoom }

  /// Takes a place at once. Returns `false` where none is free, or an earlier request waits.
  package func enter() -> Bool {
    guard waiting.isEmpty, !isLoading, hasRoom else { return false }
    inFlight += 1
    return true
  }

  /// The number of a request in the order of arrival, for `wait`.
  package func arrive() -> UInt64 {
    lastNumber += 1
    return lastNumber
  }

  /// Waits for a place. `onTurn` is called once, with the place taken, unless the ticket is withdrawn before. A request
  /// that comes back for another attempt keeps its number, and so its position.
  package func wait(_ number: UInt64, onTurn: @escaping () -> Void) -> Ticket {
    let ticket = Ticket(number, onTurn)
    let place = waiting.firstIndex { $0.number > number } ?? waiting.endIndex
    waiting.insert(ticket, at: place)
    return ticket
  }

  /// Stops waiting.
  package func withdraw(_ ticket: Ticket) {
    ticket.onTurn = nil
    waiting.removeAll { $0 === ticket }
  }

  /// Gives a place back.
  package func leave() {
    precondition(inFlight > 0, "a place is given back once")
    inFlight -= 1
  }

  /// Gives the free places to those that wait.
  package func admitWaiting() {
    while canAdmit { admit() }
  }

  /// Gives a place to the oldest request that waits, although the model is loading. Returns whether there was one.
  package func admitFirst() -> Bool {
    guard !waiting.isEmpty, hasRoom else { return false }
    admit()
    return true
  }

  private func admit() {
    inFlight += 1
    let ticket = waiting.removeFirst()
    let onTurn = ticket.onTurn
    ticket.onTurn = nil
    onTurn?()
  }
}
