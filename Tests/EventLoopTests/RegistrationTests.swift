import Glibc
import Platform
import Testing

@testable import EventLoop

/// Readiness: which handlers are told of it, and until when.
@Suite struct RegistrationTests {
  private let loop: EventLoop
  private let journal = Journal()

  init() throws {
    loop = try EventLoop()
  }

  @Test func tellsOfReadiness() throws {
    let pair = SocketPair()
    var seen: [Readiness] = []
    let registration = try loop.register(pair.near, for: [.read, .peerClosed]) { seen.append($0) }
    try loop.turnWithoutWaiting()
    #expect(seen == [])
    pair.send()
    // As long as there is something to read.
    try loop.turnWithoutWaiting()
    try loop.turnWithoutWaiting()
    #expect(seen == [.read, .read])
    pair.receive()
    try loop.turnWithoutWaiting()
    #expect(seen.count == 2)
    shutdown(pair.far, Int32(SHUT_WR))
    try loop.turnWithoutWaiting()
    #expect(seen.last == [.read, .peerClosed])
    loop.deregister(registration)
    try loop.turnWithoutWaiting()
    #expect(seen.count == 3)
  }

  @Test func refusesWhatCannotBeWatched() throws {
    #expect(throws: SystemError.self) { _ = try loop.register(-1, for: .read) { _ in } }
    let pair = SocketPair()
    let first = try loop.register(pair.near, for: .read) { [journal] _ in journal.note("first") }
    // A descriptor is watched once; the failure leaves the first registration as it was.
    #expect(throws: SystemError.self) { _ = try loop.register(pair.near, for: .read) { _ in } }
    pair.send()
    try loop.turnWithoutWaiting()
    #expect(journal.entries == ["first"])
    loop.deregister(first)
  }

  /// Both are ready in one turn; the handler that is called first ends the other registration.
  @Test(arguments: [false, true])
  func dropsTheEventOfARegistrationThatHasEnded(byForgetting: Bool) throws {
    let pairs = [SocketPair(), SocketPair()]
    var registrations: [Registration] = []
    for place in 0...1 {
      registrations.append(
        try loop.register(pairs[place].near, for: .read) { [loop, journal] _ in
          journal.note("called")
          let other = registrations[1 - place]
          if byForgetting { loop.forget(other) } else { loop.deregister(other) }
        })
    }
    for pair in pairs { pair.send() }
    try loop.turnWithoutWaiting()
    #expect(journal.entries == ["called"])
  }

  /// A handler closes another ready descriptor and registers a new one, which gets the same number
  /// and the same slot. The readiness of the old one is not passed on to the new one.
  @Test(arguments: [false, true])
  func keepsTheOldEventFromAReusedDescriptor(byForgetting: Bool) throws {
    let (first, second, successor) = (SocketPair(), SocketPair(), SocketPair())
    var (old, new): (Registration?, Registration?)
    _ = try loop.register(first.near, for: .read) { [loop, journal] _ in
      journal.note("first")
      guard let old, new == nil else { return }
      if byForgetting { loop.forget(old) } else { loop.deregister(old) }
      // Closes the old socket and gives its number to the new one, in one step.
      dup2(successor.near, second.near)
      new = try? loop.register(second.near, for: .read) { _ in journal.note("successor") }
    }
    old = try loop.register(second.near, for: .read) { [journal] _ in journal.note("second") }
    // epoll tells them in the order of their events.
    first.send()
    second.send()
    try loop.turnWithoutWaiting()
    #expect(journal.entries == ["first"])
    #expect(new != nil && new?.slot == old?.slot && new != old)
    // New events are reported to the new one.
    successor.send()
    try loop.turnWithoutWaiting()
    #expect(journal.entries == ["first", "first", "successor"])
  }

  @Test func armsAgainWhatFiresOnce() throws {
    let pair = SocketPair()
    let registration = try loop.register(pair.near, for: [.read, .once]) { [journal] _ in
      journal.note("read")
    }
    pair.send()
    try loop.turnWithoutWaiting()
    try loop.turnWithoutWaiting()
    #expect(journal.entries == ["read"])
    try loop.rearm(registration, for: [.read, .once])
    try loop.turnWithoutWaiting()
    try loop.turnWithoutWaiting()
    #expect(journal.entries == ["read", "read"])
    loop.deregister(registration)
    // Without effect on a registration that has ended.
    try loop.rearm(registration, for: .read)
    loop.deregister(registration)
    try loop.turnWithoutWaiting()
    #expect(journal.entries == ["read", "read"])
  }

  @Test func changesWhatItWaitsFor() throws {
    let pair = SocketPair()
    var seen: [Readiness] = []
    let registration = try loop.register(pair.near, for: .read) { seen.append($0) }
    try loop.turnWithoutWaiting()
    try loop.rearm(registration, for: .write)
    try loop.turnWithoutWaiting()
    #expect(seen == [.write])
    loop.deregister(registration)
  }

  /// More descriptors than the poller takes at once.
  @Test func tellsHundreds() throws {
    let pairs = (0..<400).map { _ in SocketPair() }
    var called = Set<Int>()
    for (place, pair) in pairs.enumerated() {
      _ = try loop.register(pair.near, for: [.read, .once]) { _ in called.insert(place) }
      pair.send()
    }
    for _ in 0..<10 { try loop.turnWithoutWaiting() }
    #expect(called.count == 400)
  }

  /// An old name of a slot that is used again is invalid.
  @Test func tellsGenerationsOfASlotApart() {
    var table = RegistrationTable()
    let first = table.insert(7) { _ in }
    #expect(Registration(token: first.token) == first)
    table.remove(first)
    table.remove(first)
    let second = table.insert(8) { _ in }
    let third = table.insert(9) { _ in }
    #expect(second.slot == first.slot)
    #expect(third.slot != second.slot)
    #expect(table[first] == nil)
    #expect(table[second]?.descriptor == 8)
    table.remove(first)
    #expect(table[second]?.descriptor == 8)
    #expect(table[Registration(slot: 100, generation: 0)] == nil)
  }
}
