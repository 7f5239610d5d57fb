import Glibc
import Platform
import Testing
import TestSupport

@testable import EventLoop

/// The order of a turn, and its end.
@Suite struct TurnTests {
  private let clock = FakeClock()
  private let loop: EventLoop
  private let journal = Journal()

  init() throws {
    loop = try EventLoop { [clock] in clock.now }
  }

  @Test func goesFromReadinessToTimersAndFinishesBoth() throws {
    let pair = SocketPair()
    _ = loop.schedule(after: .milliseconds(1)) { [loop, journal] in
      journal.note("timer")
      loop.atEndOfTurn { journal.note("deferred by the timer") }
    }
    _ = try loop.register(pair.near, for: [.read, .once]) { [loop, journal] _ in
      journal.note("ready")
      loop.atEndOfTurn {
        journal.note("deferred by the handler")
        loop.atEndOfTurn { journal.note("deferred meanwhile") }
      }
    }
    pair.send()
    clock.advance(.milliseconds(1))
    try loop.turnWithoutWaiting()
    #expect(
      journal.entries == [
        "ready", "deferred by the handler", "deferred meanwhile", "timer", "deferred by the timer",
      ])
  }

  /// A process that was stopped finds timers due. What came meanwhile counts first, also where it
  /// takes several looks: the wait that was interrupted reports nothing, and data comes in pieces.
  @Test func handlesAllThatHasComeBeforeTimersThatAreLate() throws {
    let (first, second) = (SocketPair(), SocketPair())
    first.send()
    _ = loop.schedule(after: .milliseconds(100)) { [journal] in journal.note("timer") }
    _ = try loop.register(first.near, for: .read) { [loop, journal, clock] _ in
      first.receive()
      // As if the process were stopped after its wait.
      clock.advance(.seconds(5))
      loop.atEndOfTurn {
        journal.note("first")
        second.send()
      }
    }
    _ = try loop.register(second.near, for: .read) { [loop, journal] _ in
      second.receive()
      loop.atEndOfTurn { journal.note("second") }
    }
    clock.advance(.seconds(5))
    try loop.turnWithoutWaiting()
    #expect(journal.entries == ["first", "second", "timer"])
  }

  /// Timers are called even where readiness never ends.
  @Test func callsLateTimersBesideADescriptorThatIsAlwaysReady() throws {
    let pair = SocketPair()
    pair.send()
    _ = try loop.register(pair.near, for: .read) { [journal] _ in journal.note("ready") }
    _ = loop.schedule(after: .milliseconds(1)) { [journal] in journal.note("timer") }
    clock.advance(.seconds(1))
    try loop.turnWithoutWaiting()
    #expect(journal.entries.last == "timer" && journal.entries.count < 100)
  }

  /// A handler that always has more to do does not keep the loop from the others.
  @Test func endsATurnThatAlwaysHasMoreToDo() throws {
    func more() {
      journal.note("more")
      guard journal.entries.count < 1000 else { return }
      loop.atEndOfTurn { more() }
    }
    loop.atEndOfTurn { more() }
    try loop.turnWithoutWaiting()
    let count = journal.entries.count
    #expect(count < 100)
    // It continues at once, whatever the limit of the wait.
    try loop.turn(waitingAtMost: .seconds(60))
    #expect(journal.entries.count > count)
  }

  @Test func seesOneTimeInATurn() throws {
    let start = loop.now
    clock.advance(.milliseconds(7))
    #expect(loop.now == start)
    var inside: Instant?
    _ = loop.schedule(at: start) { [loop, clock] in
      clock.advance(.milliseconds(3))
      inside = loop.now
    }
    try loop.turnWithoutWaiting()
    #expect(inside == start + .milliseconds(7))
  }

  @Test func stopsAfterTheTurn() throws {
    _ = loop.schedule(at: loop.now) { [loop, journal] in
      loop.stop()
      loop.atEndOfTurn { journal.note("same turn") }
    }
    clock.advance(.milliseconds(1))
    try loop.run()
    #expect(journal.entries == ["same turn"])
  }

  @Test func forgetsEverythingWhenItIsClosed() throws {
    let pair = SocketPair()
    weak var held: Journal?
    do {
      let own = Journal()
      held = own
      _ = try loop.register(pair.near, for: .read) { _ in own.note("ready") }
      _ = loop.schedule(at: loop.now) { own.note("timer") }
      loop.atEndOfTurn { own.note("deferred") }
    }
    #expect(held != nil)
    loop.close()
    #expect(held == nil)
    pair.send()
    clock.advance(.milliseconds(1))
    try loop.turnWithoutWaiting()
  }
}
